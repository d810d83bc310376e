// SPDX-License-Identifier: MIT
// require_direct.mjs NPM PLUMB: require() of every direct dependency of the project and its workspaces,
// each in a process of its own, from the folder that declares it: what loads on npm's tree must load
// on plumb's, from the same file of the same package whatever the layout; what fails must fail with the same
// code. The last line sums up; exits 1 when one differs.
import { spawn } from 'node:child_process'
import { readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'

const trees = process.argv.slice(2).map(dir => realpathSync(dir))
const lock = JSON.parse(readFileSync(join(trees[0], 'package-lock.json'), 'utf8'))
const folders = Object.keys(lock.packages).filter(path => !path.includes('node_modules'))

// The file below the package's own folder: where that stands is the linker's business.
const LOAD = `
  const name = process.argv[1]
  const say = text => { require('fs').writeSync(1, '\\n<' + text + '>'); process.exit(0) }
  try {
    const file = require.resolve(name).split('/node_modules/').pop()
    require(name)
    say('loads ' + file)
  } catch (error) {
    say('fails ' + (error.code ?? error.name))
  }`

const load = (tree, folder, name) => new Promise(done => {
  const child = spawn(process.execPath, ['-e', LOAD, name], { cwd: join(tree, folder), stdio: ['ignore', 'pipe', 'ignore'], timeout: 60000 })
  let text = ''
  child.stdout.on('data', data => { text += data })
  child.on('close', () => done(/<([^<>]*)>$/.exec(text)?.[1] ?? 'ends'))
})

const jobs = folders.flatMap(folder => {
  const manifest = JSON.parse(readFileSync(join(trees[0], folder, 'package.json'), 'utf8'))
  return Object.keys({ ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies })
    .map(name => ({ folder, name }))
})
const counts = { loads: 0, fails: 0, ends: 0 }
const different = []
for (const { folder, name } of jobs) {
  const [npm, plumb] = await Promise.all(trees.map(tree => load(tree, folder, name)))
  counts[npm.split(' ')[0]]++
  if (npm !== plumb) different.push(`${folder || '.'}: ${name}: npm ${npm}, plumb ${plumb}`)
}
for (const line of different) console.log(line)
console.log(`${counts.loads} of ${jobs.length} direct dependencies load, ${counts.fails + counts.ends} are not for require() ` +
  `on npm's tree, ${different.length} differ`)
process.exit(different.length ? 1 : 0)
