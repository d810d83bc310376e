// SPDX-License-Identifier: MIT
// resolve_direct.mjs NPM PLUMB: require.resolve() of every direct dependency of the project and its
// workspaces, from the folder that declares it: where npm's tree gives a file, plumb's must give the
// same one, relative to the project. What only has an ESM or types entry is looked for by its
// package.json. The last line sums up; exits 1 when one differs.
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, relative } from 'node:path'

const [npm, plumb] = process.argv.slice(2).map(dir => realpathSync(dir))
const lock = JSON.parse(readFileSync(join(npm, 'package-lock.json'), 'utf8'))
const members = Object.keys(lock.packages).filter(path => !path.includes('node_modules'))

function resolve(root, folder, name) {
  const require = createRequire(join(root, folder, 'package.json'))
  try {
    return { how: 'require', path: relative(root, require.resolve(name)) }
  } catch {
    for (const dir of require.resolve.paths(name) ?? []) {
      const file = join(dir, name, 'package.json')
      if (existsSync(file)) return { how: 'package.json', path: relative(root, realpathSync(file)) }
    }
    return { how: 'none', path: '' }
  }
}

const counts = { require: 0, 'package.json': 0, none: 0 }
const different = []
for (const folder of members) {
  const manifest = JSON.parse(readFileSync(join(npm, folder, 'package.json'), 'utf8'))
  const names = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies,
    ...manifest.optionalDependencies })
  for (const name of names) {
    const [left, right] = [resolve(npm, folder, name), resolve(plumb, folder, name)]
    counts[right.how]++
    const same = left.how === right.how && left.path === right.path
    if (!same) different.push(`${folder || '.'}: ${name}: npm ${left.path || 'none'}, plumb ${right.path || 'none'}`)
  }
}
for (const line of different) console.log(line)
console.log(`${counts.require} by require.resolve, ${counts['package.json']} without a CommonJS entry ` +
  `by package.json, ${counts.none} not installed here, ${different.length} differ from npm's tree`)
process.exit(different.length ? 1 : 0)
