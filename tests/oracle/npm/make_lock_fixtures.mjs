// SPDX-License-Identifier: MIT
// make_lock_fixtures.mjs NPM FIXTURES > arborist_locks.txt: every lockfile below FIXTURES (npm/cli's
// workspaces/arborist/test/fixtures) as it is there, then what the arborist of the npm in folder NPM
// makes of it: the text it writes back where that differs (`=== written`), the places it reads from
// version 1 (`=== places`). Registries are called registry.example. Same texts are taken once.
import { createRequire } from 'node:module'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'

const [npm, fixtures] = process.argv.slice(2)
const require = createRequire(join(resolve(npm), 'package.json'))
const Arborist = require('@npmcli/arborist')
const PackageJson = require('@npmcli/package-json')

const isLock = name => /^(package-lock|npm-shrinkwrap)\.json(\.old|\.bak)?$/.test(name)
const rename = text => text.replaceAll('${REGISTRY}', 'https://registry.example').replace(/registry\.[a-z]+\.(org|com)/g, 'registry.example')

// The package.json files that the lock was made from, as far as it tells.
function makeFolders(project, lock) {
  for (const [path, entry] of Object.entries(lock.packages ?? {})) {
    if (/(^|\/)node_modules\//.test(path) || entry.link) continue
    const { resolved, integrity, dev, optional, peer, devOptional, extraneous, inBundle, ...manifest } = entry
    mkdirSync(resolve(project, path), { recursive: true })
    writeFileSync(resolve(project, path, 'package.json'), JSON.stringify(manifest))
  }
}

async function load(project, lock) {
  const arborist = new Arborist({ path: project })
  if (lock.lockfileVersion === 1) return arborist.loadVirtual()
  const file = join(project, 'package.json')
  const pkg = existsSync(file) ? (await PackageJson.normalize(project)).content : {}
  const root = new Arborist.Node({ path: project, realpath: project, pkg, loadOverrides: true })
  await arborist[Symbol.for('setWorkspaces')](root)
  root.unsetDepFlags()
  return arborist.loadVirtual({ root })
}

const describe = node => node.isLink ? `${node.location} -> ${node.target.location}`
  : `${node.location} ${node.packageName ?? node.name}@${node.version ?? ''}`

async function convert(path) {
  const text = rename(readFileSync(join(fixtures, path), 'utf8'))
  let lock
  try { lock = JSON.parse(text) } catch { return `=== damaged ${path}\n${text}` }
  const top = mkdtempSync(join(tmpdir(), 'lock-fixtures-'))
  const project = join(top, 'a', 'b', lock.name ?? 'project')
  mkdirSync(project, { recursive: true })
  writeFileSync(join(project, 'package-lock.json'), text)
  const manifest = join(fixtures, dirname(path), 'package.json')
  if (lock.lockfileVersion === 1 && existsSync(manifest))
    writeFileSync(join(project, 'package.json'), readFileSync(manifest))
  makeFolders(project, lock)
  try {
    const tree = await load(project, lock)
    const old = lock.lockfileVersion === 1
    const places = [...tree.inventory.values()].filter(n => n !== tree).map(describe).sort()
    const written = tree.meta.toString()
    const answer = old ? `=== places\n${places.map(p => p + '\n').join('')}`
      : written === text ? '' : `=== written\n${written}`
    return `=== version ${lock.lockfileVersion} ${path}\n${text}${text.endsWith('\n') ? '' : '\n=== no newline\n'}${answer}`
  } finally {
    rmSync(top, { recursive: true })
  }
}

const seen = new Set()
for (const path of readdirSync(fixtures, { recursive: true }).sort()) {
  if (!isLock(basename(path)) || path.includes('reify-cases')) continue
  const text = readFileSync(join(fixtures, path), 'utf8')
  if (seen.has(text)) continue
  seen.add(text)
  process.stdout.write(await convert(path))
}
