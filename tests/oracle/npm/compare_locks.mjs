// SPDX-License-Identifier: MIT
// compare_locks.mjs NPM PLUMB: two package-lock.json: the set of (path, name, version), then every
// field of every place. What only full metadata has (npm reads it, plumb the abbreviated form) is
// counted but not held against plumb. The last line sums up; exits 1 when anything else differs.
import { readFileSync } from 'node:fs'

const ONLY_IN_FULL_METADATA = ['license', 'funding', 'workspaces']
const texts = process.argv.slice(2).map(path => readFileSync(path, 'utf8'))
const [npm, plumb] = texts.map(text => JSON.parse(text).packages)

const identity = entry =>
  entry && (entry.link ? `-> ${entry.resolved}` : `${entry.name ?? ''}@${entry.version ?? ''}`)
const shared = entry => JSON.stringify(entry, (key, value) =>
  ONLY_IN_FULL_METADATA.includes(key) ? undefined : value)

const paths = [...new Set([...Object.keys(npm), ...Object.keys(plumb)])].sort()
let otherPlaces = 0
let otherFields = 0
let withoutLicense = 0
for (const path of paths) {
  const [left, right] = [npm[path], plumb[path]]
  if (identity(left) !== identity(right)) {
    otherPlaces++
    console.log(`${path}: npm ${identity(left) ?? 'none'}, plumb ${identity(right) ?? 'none'}`)
  } else if (shared(left) !== shared(right)) {
    otherFields++
    console.log(`${path}:\n  npm   ${shared(left)}\n  plumb ${shared(right)}`)
  } else if (JSON.stringify(left) !== JSON.stringify(right)) {
    withoutLicense++
  }
}
const equal = paths.length - otherPlaces
const share = paths.length ? (100 * equal) / paths.length : 100
const text = texts[0] === texts[1] ? 'text identical'
  : `fields differ at ${otherFields}, license, funding or workspaces missing at ${withoutLicense}`
console.log(`${equal} of ${paths.length} places equal (${share.toFixed(2)} %), ${text}`)
process.exit(otherPlaces + otherFields ? 1 : 0)
