// SPDX-License-Identifier: MIT
// make_placements.mjs NPM ARBORIST > placements.json: the cases of arborist's test/place-dep.js and
// test/can-place-dep.js (npm/cli, workspaces/arborist), played with the arborist of the npm in folder
// NPM: the tree before, what is to be placed for whom, and what became of it.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'

const [npm, arborist] = process.argv.slice(2)
const require = createRequire(join(resolve(npm), 'package.json'))
const lib = name => require(`@npmcli/arborist/lib/${name}`)
const PlaceDep = lib('place-dep.js')
const CanPlaceDep = lib('can-place-dep.js')
const cases = { place: [], can_place: [] }
let title = ''

const bare = ({ _id, readme, ...manifest }) => manifest
function describeNode(node) {
  if (node.isLink) return { link: node.target.location }
  const out = bare(node.package)
  out.name ??= node.name
  if (node.resolved) out.resolved = node.resolved
  if (node.integrity) out.integrity = node.integrity
  return out
}
function describeTree(root) {
  const places = {}
  for (const node of root.inventory.values()) places[node.location] = describeNode(node)
  return places
}
const isFit = node => node.version ? `${node.name === node.packageName ? '' : `npm:${node.packageName}@`}${node.version}` : ''
function summary(root) {
  const places = {}
  for (const node of root.inventory.values())
    if (node !== root) places[node.location] = node.isLink ? `-> ${node.target.location}` : isFit(node)
  return places
}

const OPTIONS = ['preferDedupe', 'force', 'explicitRequest', 'strictPeerDeps', 'legacyPeerDeps']
function question({ edge, dep, ...options }) {
  const peers = [...dep.parent.children.values()].filter(n => n !== dep).map(describeNode)
  const set = {}
  for (const name of OPTIONS) if (options[name]) set[name] = true
  if (options.updateNames?.length) set.updateNames = options.updateNames
  if (options.auditReport) set.auditReport = true
  if (dep.errors.length || [...edge.from.root.inventory.values()].some(n => n.errors.length)) set.errors = true
  if (options.installStrategy && options.installStrategy !== 'hoisted') set.installStrategy = options.installStrategy
  return { about: title, options: set, tree: describeTree(edge.from.root), from: edge.from.location, dep: describeNode(dep), name: dep.name, peers }
}

class RecordedPlaceDep extends PlaceDep {
  constructor(options) {
    if (options.parent) return super(options)
    const asked = question(options)
    const { root } = options.edge.from
    try {
      super(options)
    } catch (error) {
      cases.place.push({ ...asked, error: error.code })
      throw error
    }
    cases.place.push({ ...asked, expect: summary(root) })
  }
}

class RecordedCanPlaceDep extends CanPlaceDep {
  constructor(options) {
    const asked = options.parent ? null : question(options)
    super(options)
    if (asked) cases.can_place.push({ ...asked, target: options.target.location, can: this.canPlace.description ?? String(this.canPlace),
      can_self: this.canPlaceSelf?.description ?? String(this.canPlaceSelf) })
  }
}

const t = {
  test: (about, options, body) => { const f = body ?? options; if (typeof f !== 'function') return
    const before = title
    title = about
    try { f(anything) } catch (error) { if (process.env.DEBUG) console.error(about, error) }
    title = before },
  throws: f => { try { f() } catch (error) { return error } },
}
const anything = new Proxy(t, { get: (target, name) => target[name] ?? (() => true) })
function play(name, modules) {
  const source = readFileSync(join(arborist, 'test', name), 'utf8')
  const load = id => id === 'tap' ? anything : modules[id] ?? (id.startsWith('../lib/') ? lib(id.slice(7))
    : id === 'tcompare' ? { strict: () => ({ diff: '' }) } : id.includes('fixtures/utils') ? { normalizePaths: x => x } : require(id))
  new Function('require', 'process', source)(load, { ...process, env: { ...process.env, ARBORIST_DEBUG: '' }, on() {}, removeListener() {}, emit() {} })
}
play('place-dep.js', { '../lib/place-dep.js': RecordedPlaceDep })
play('can-place-dep.js', { '../lib/can-place-dep.js': RecordedCanPlaceDep })

// What plumb has no option for stays out, and is listed.
const reasons = { errors: 'what could not be loaded has no version here',
  auditReport: 'no audit: nothing is replaced for being vulnerable',
  installStrategy: 'hoisted is the only strategy of npm that there is' }
const reasonOf = row => reasons[Object.keys(row.options).find(name => reasons[name])]
  ?? (row.dep.link !== undefined ? 'a link is made by its folder, not placed from a spec' : undefined)
const leftOut = [...cases.place, ...cases.can_place].filter(reasonOf)
  .map(row => ({ about: row.about, reason: reasonOf(row) }))
const rows = list => list.filter(row => row.reason || !reasonOf(row))
  .map(row => JSON.stringify(row)).join(',\n')
console.log(`{"about": "Cases of arborist's test/place-dep.js and test/can-place-dep.js as npm 11 plays them",
"left_out": [\n${rows(leftOut)}\n],
"place": [\n${rows(cases.place)}\n],\n"can_place": [\n${rows(cases.can_place)}\n]}`)
