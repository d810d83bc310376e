// SPDX-License-Identifier: MIT
// compare_trees.mjs A B: every entry of two projects: path, type, mode, content, link text. The last
// line sums up; exits 1 when anything differs. Times and owners do not count.
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'

const [a, b] = process.argv.slice(2)
const counts = { files: 0, folders: 0, links: 0, bytes: 0 }
const different = []

function kindOf(stat) {
  if (stat.isSymbolicLink()) return 'link'
  if (stat.isDirectory()) return 'folder'
  return stat.isFile() ? 'file' : 'other'
}

function compareFile(path, sa, sb) {
  counts.files++
  counts.bytes += sa.size
  if (sa.ino === sb.ino && sa.dev === sb.dev) return
  if (sa.size === sb.size && readFileSync(join(a, path)).equals(readFileSync(join(b, path)))) return
  different.push(`${path}: contents (${sa.size} and ${sb.size} bytes)`)
}

function compareEntry(path) {
  const sa = lstatSync(join(a, path))
  const sb = lstatSync(join(b, path))
  const kind = kindOf(sa)
  if (kind !== kindOf(sb)) {
    different.push(`${path}: ${kind} and ${kindOf(sb)}`)
  } else if (kind === 'link') {
    counts.links++
    const [ta, tb] = [readlinkSync(join(a, path)), readlinkSync(join(b, path))]
    if (ta !== tb) different.push(`${path}: leads to ${ta} and ${tb}`)
  } else {
    if (sa.mode !== sb.mode)
      different.push(`${path}: mode ${sa.mode.toString(8)} and ${sb.mode.toString(8)}`)
    if (kind === 'file') compareFile(path, sa, sb)
    else compareFolder(path)
  }
}

function compareFolder(path) {
  if (path) counts.folders++
  const inA = new Set(readdirSync(join(a, path)))
  const inB = new Set(readdirSync(join(b, path)))
  for (const name of inB) if (!inA.has(name)) different.push(`${join(path, name)}: only in the second`)
  for (const name of [...inA].sort()) {
    if (inB.has(name)) compareEntry(join(path, name))
    else different.push(`${join(path, name)}: only in the first`)
  }
}

compareFolder('')
for (const line of different.slice(0, 200)) console.log(line)
const { files, folders, links, bytes } = counts
console.log(`${different.length} differences in ${files} files (${bytes} bytes), ` +
  `${folders} folders, ${links} links`)
process.exit(different.length ? 1 : 0)
