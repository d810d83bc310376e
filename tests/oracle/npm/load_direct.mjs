// SPDX-License-Identifier: MIT
// Copied into a project and run there: loads every direct dependency as the project's own code would,
// by require() or else import(), and prints the names of those that load, one a line.
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'

const require = createRequire(import.meta.url)
const manifest = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'))
const names = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies }).sort()

// Some packages end the process, or write, when they are loaded.
const exit = process.exit
const write = process.stdout.write.bind(process.stdout)
process.exit = () => { throw new Error('it wants to end the process') }
process.stdout.write = () => true
process.on('uncaughtException', () => {})
process.on('unhandledRejection', () => {})

async function loads(name) {
  try {
    require(name)
    return true
  } catch { /* perhaps a module that can only be imported */ }
  return import(name).then(() => true, () => false)
}

const loaded = []
for (const name of names) if (await loads(name)) loaded.push(name)
write(loaded.join('\n') + '\n', () => exit(0))
