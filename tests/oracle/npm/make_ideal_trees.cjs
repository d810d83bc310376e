// SPDX-License-Identifier: MIT
// make_ideal_trees.cjs NPM ARBORIST > ideal_trees.json: the cases of arborist's
// test/arborist/build-ideal-tree.js (npm/cli, workspaces/arborist with its fixtures), played with the
// arborist of the npm in folder NPM and the registry of the fixtures, as scenarios for
// tests/unit/installer/resolve: what was asked for, and the lock that npm makes of it.
const fs = require('node:fs')
const http = require('node:http')
const os = require('node:os')
const { createRequire } = require('node:module')
const { basename, dirname, join, relative, resolve } = require('node:path')

const [npm, arborist] = process.argv.slice(2)
const file = resolve(arborist, 'test/arborist/build-ideal-tree.js')
const load = createRequire(join(resolve(npm), 'package.json'))
const Arborist = load('@npmcli/arborist')
const pacote = load('pacote')
const read = path => { try { return JSON.parse(fs.readFileSync(path, 'utf8')) } catch { return undefined } }

// --- the registry: documents of the case, else of the fixtures ---
let own = {}
const content = resolve(arborist, 'test/fixtures/registry-mocks/content')
const server = http.createServer((request, response) => {
  const name = decodeURIComponent(request.url.slice(1).split('?')[0])
  const path = join(content, request.url.replace(/@/g, '').replace(/%2f/gi, '/'))
  const found = own[name] ? JSON.stringify(own[name])
    : ['', '.json', '.min.json'].map(end => path + end).find(p => fs.existsSync(p) && fs.statSync(p).isFile())
  if (!found) { response.statusCode = 404; return response.end('{}') }
  let body = own[name] ? found : fs.readFileSync(found)
  if (!own[name] && !path.endsWith('.tgz')) {
    body = body.toString().replace(/https:\/\/registry\.[a-z]+\.org\//g, registry)
    response.setHeader('content-type', 'application/json')
  }
  response.end(body)
})
const registry = 'http://localhost:12345/'

// --- what was picked is all that the scenarios need of the registry ---
const KEPT = ['dependencies', 'optionalDependencies', 'peerDependencies', 'peerDependenciesMeta', 'bundleDependencies',
  'acceptDependencies', 'os', 'cpu', 'libc', 'engines', 'deprecated', '_hasShrinkwrap']
const keep = manifest => Object.fromEntries(KEPT.filter(key => manifest[key] && Object.keys(manifest[key]).length)
  .map(key => [key, key === 'deprecated' ? 'yes' : manifest[key]]))
const packages = {}
let ownPackages = {}
let tags = {}
const manifest = pacote.manifest
pacote.manifest = async (spec, options) => {
  const found = await manifest.call(pacote, spec, options)
  if (!load('npm-package-arg')(spec).registry && !load('npm-package-arg')(spec).subSpec) return found
  const entry = (Object.keys(own).length ? ownPackages : packages)[found.name] ??= { tags: {}, versions: {} }
  entry.versions[found.version] = keep(found)
  const document = await pacote.packument(found.name, { ...options, fullMetadata: false })
  for (const [tag, version] of Object.entries(document['dist-tags'] ?? {}))
    if (entry.versions[version]) entry.tags[tag] = version
  return found
}

// --- the cases ---
const scenarios = [], leftOut = []
let title = []
const MANIFEST = ['name', 'version', 'dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies',
  'peerDependenciesMeta', 'bundleDependencies', 'acceptDependencies', 'workspaces', 'overrides', 'engines', 'os', 'cpu']
const short = pkg => Object.fromEntries(MANIFEST.filter(key => pkg?.[key] !== undefined).map(key => [key, pkg[key]]))
const TAKEN = ['nodeVersion', 'force', 'legacyPeerDeps', 'strictPeerDeps', 'preferDedupe']
const IGNORED = ['log', 'cache', 'registry', 'timeout', 'path', 'add', 'rm', 'update', 'saveType', 'save', 'prune', 'lockfileVersion', 'audit', 'fullMetadata', 'progress', 'packageLock']
const ERRORS = { ERESOLVE: 'conflict', E404: 'missing', ETARGET: 'missing', EBADPLATFORM: 'platform', EOVERRIDE: 'override' }

const ELSEWHERE = {
  'link meta deps': 'a package of a registry links to a folder of its own: see tests/oracle/npm/sources.sh',
}

function describe(entry, path) {
  if (entry.link) return `-> ${entry.resolved}`
  const own = path.match(/(@[^/]+\/)?[^/]+$/)[0]
  const flags = ['dev', 'optional', 'devOptional', 'peer', 'inBundle', 'extraneous'].filter(flag => entry[flag])
  const alias = entry.name && entry.name !== own ? `npm:${entry.name}@` : ''
  return [`${alias}${entry.version ?? ''}`, ...flags].filter(Boolean).join(' ')
}

function findFolders(root) {
  const found = {}
  const walk = (dir, depth) => {
    for (const entry of fs.readdirSync(dir, { withFileTypes: true })) {
      if (!entry.isDirectory() || entry.name === 'node_modules' || depth > 4) continue
      const path = join(dir, entry.name), pkg = read(join(path, 'package.json'))
      if (pkg) found[relative(root, path)] = short(pkg)
      walk(path, depth + 1)
    }
  }
  walk(root, 0)
  return found
}

// Folders that specs lead to, as far as they are not among the project's own.
function strayLink(folders, root) {
  for (const [at, pkg] of Object.entries({ '': root, ...folders })) {
    for (const [name, spec] of Object.entries({ ...pkg.dependencies, ...pkg.devDependencies, ...pkg.optionalDependencies, ...pkg.peerDependencies })) {
      if (!/^(file:|link:|\.)/.test(spec) || /\.(tgz|tar|tar\.gz)$/.test(spec)) continue
      if (!folders[join(at, spec.replace(/^(file:|link:)/, '')).replace(/\/$/, '')]) return `${name}@${spec}`
    }
  }
}

function whyNot(path, options, lock, folders, root) {
  const hasTree = Object.keys(folders).some(folder => fs.existsSync(join(path, folder, 'node_modules')))
  if (hasTree) return 'a folder has a tree of its own'
  if (Object.values({ ...root.dependencies, ...root.devDependencies }).some(spec => /^https?:/.test(spec)))
    return 'tarballs by URL: see tests/oracle/npm/sources.sh'
  if (ELSEWHERE[title.join(': ')]) return ELSEWHERE[title.join(': ')]
  if (strayLink(folders, root)) return 'a link to the project itself, into node_modules or to nowhere'
  if (!lock && fs.existsSync(join(path, 'node_modules'))) return 'starts from an installed tree'
  if (fs.existsSync(join(path, 'yarn.lock')) && !lock) return 'reads a yarn.lock'
  const other = Object.keys(options).find(key => !TAKEN.includes(key) && !IGNORED.includes(key) && options[key])
  if (other) return `option ${other}`
  if (options.audit) return 'audit'
  if (fs.existsSync(path) && fs.lstatSync(path).isSymbolicLink()) return 'the project is reached through a link'
  if (lock && !(lock.lockfileVersion >= 2)) return 'a lock of version 1: see tests/unit/installer/lockfile'
  if (options.prune === false) return 'keeps what nobody needs'
  return null
}

class Recorded extends Arborist {
  async buildIdealTree(given = {}) {
    const options = { ...this.options, ...this.given, ...given }
    const path = this.path
    const about = title.filter(Boolean).join(': ')
    const lock = read(join(path, 'npm-shrinkwrap.json')) ?? read(join(path, 'package-lock.json'))
    const folders = fs.existsSync(path) ? findFolders(path) : {}
    const before = read(join(path, 'package.json')) ?? {}
    let tree, error
    // As `npm install` does it: what is placed can make others look again only when it saves.
    try { tree = await super.buildIdealTree({ save: true, ...given }) } catch (e) { error = e }
    const reason = whyNot(path, { ...this.given, ...given }, lock, folders, tree?.package ?? before) ??
      (error && !ERRORS[error.code] ? `error ${error.code ?? error.message.split('\n')[0].slice(0, 60)}` : null) ??
      (error && (given.add || given.rm) ? 'an error of a change' : null) ??
      (tree && [...tree.inventory.values()].some(n => n.hasShrinkwrap || n.package._hasShrinkwrap) ? 'a package with a shrinkwrap of its own' : null) ??
      (tree && [...tree.inventory.values()].some(n => n.inBundle) ? 'what is bundled is known once it is unpacked' : null) ??
      (tree && [...tree.inventory.values()].some(n => !n.isRoot && !n.isLink && n.resolved && !n.resolved.startsWith('http')) ? 'git, tarballs: see tests/oracle/npm/sources.sh' : null)
    if (reason) {
      leftOut.push({ about, reason })
    } else {
      const scenario = { name: about }
      const set = Object.fromEntries(TAKEN.filter(key => options[key] && (key !== 'nodeVersion' || given.nodeVersion || this.given.nodeVersion)).map(key => [key, options[key]]))
      if (Object.keys(set).length) scenario.options = set
      scenario.root = short(tree ? tree.package : before)
      if (Object.keys(folders).length) scenario.folders = folders
      if (lock && given.update !== true && !given.update?.all) scenario.lock = lock
      const update = Array.isArray(given.update) ? given.update : given.update?.names
      if (update?.length) scenario.update = update
      if (given.add) scenario.wanted_now = given.add.map(spec => load('npm-package-arg')(spec, path)).map(s => s.name)
      if (Object.keys(own).length) scenario.registry = structuredClone(ownPackages)
      if (error) scenario.error = ERRORS[error.code]
      else scenario.expect = Object.fromEntries(Object.entries(tree.meta.commit().packages).filter(([p]) => p)
        .map(([p, entry]) => [p, describe(entry, p)]))
      scenarios.push(scenario)
    }
    if (error) throw error
    return tree
  }
  constructor(options = {}) {
    super({ save: true, ...options, registry, cache: scratch, audit: false })
    const { registry: r, cache, audit, ...given } = options
    this.given = given
  }
}

// --- just enough of tap: tests one after the other, folders for them ---
const scratch = fs.mkdtempSync(join(os.tmpdir(), 'ideal-trees-'))
let folders = 0
function makeDir(dir, object) {
  fs.mkdirSync(dir, { recursive: true })
  for (const [name, value] of Object.entries(object ?? {})) {
    if (typeof value === 'string' || Buffer.isBuffer(value)) fs.writeFileSync(join(dir, name), value)
    else if (typeof value === 'function') makeDirLink(join(dir, name), value)
    else makeDir(join(dir, name), value)
  }
}
const makeDirLink = (path, value) => fs.symlinkSync(value().path ?? value(), path)
const queue = []
function makeTap(path) {
  const pending = []
  const known = {
    test: (about, options, body) => {
      const run = typeof options === 'function' ? options : body
      if (typeof run !== 'function') return Promise.resolve()
      const job = async () => {
        title = [...path, about]
        own = {}
        ownPackages = {}
        const t = makeTap([...path, about])
        try { await run(t) } catch (e) { if (process.env.DEBUG) console.error(title.join(': '), e.message) }
        await t.done()
      }
      if (path.length === 0) { queue.push(job); return Promise.resolve() }
      const last = pending[pending.length - 1] ?? Promise.resolve()
      const next = last.then(job)
      pending.push(next)
      return next
    },
    done: async () => { for (let i = 0; i < pending.length; i++) await pending[i] },
    testdir: object => { const dir = join(scratch, `t${folders++}`, basename(title[title.length - 1] ?? 'x').replace(/[^a-z0-9]/gi, '-').slice(0, 40)); makeDir(dir, object); return dir },
    fixture: (kind, target) => () => ({ path: target }),
    rejects: async p => { try { await (typeof p === 'function' ? p() : p) } catch (e) { return e } },
    resolves: async p => { try { return await (typeof p === 'function' ? p() : p) } catch (e) { return e } },
    resolveMatchSnapshot: async p => { try { return await (typeof p === 'function' ? p() : p) } catch (e) { return e } },
    throws: f => { try { f() } catch (e) { return e } },
    mock: (name, mocks) => Recorded,
    mockRequire: () => Recorded,
    before: () => {}, teardown: () => {}, afterEach: () => {}, beforeEach: () => {},
  }
  return new Proxy(known, { get: (target, name) => name === 'then' ? undefined : target[name] ?? (() => true) })
}

function nock() {
  const scope = { persist: () => scope, get: path => ({ reply: (code, body) => { if (code === 200) own[decodeURIComponent(path.slice(1))] = body; return scope } }) }
  return scope
}
nock.disableNetConnect = nock.enableNetConnect = nock.cleanAll = () => {}

const modules = {
  tap: makeTap([]), nock, pacote,
  '../..': Recorded,
  '../fixtures/server.js': { start() {}, stop() {}, registry, auditResponse: () => () => {}, advisoryBulkResponse: () => () => {} },
  '../fixtures/utils.js': { normalizePath: p => p, normalizePaths: p => p, printTree: tree => tree },
}
async function main() {
  const from = createRequire(file)
  const pick = id => modules[id] ?? (id.startsWith('../../lib/') ? load(`@npmcli/arborist/lib/${id.slice(10)}`)
    : id.startsWith('.') || id.startsWith('/') || id.startsWith('node:') ? from(id) : load(id))
  await new Promise(ready => server.listen(12345, ready))
  new Function('require', '__dirname', '__filename', 'console', fs.readFileSync(file, 'utf8'))(pick, dirname(file), file, { log() {}, error() {} })
  for (const job of queue) await Promise.race([job(), new Promise(done => setTimeout(done, 60000))])
  const rows = list => list.map(row => JSON.stringify(row).replaceAll(registry, 'https://registry.example/')
    .replace(/https:\/\/registry\.[a-z]+\.(org|com)\//g, 'https://registry.example/')).join(',\n')
  const seen = new Set()
  const once = scenarios.filter(s => !seen.has(JSON.stringify({ ...s, name: '' })) && seen.add(JSON.stringify({ ...s, name: '' })))
  const used = Object.entries(packages).map(([name, p]) => `${JSON.stringify(name)}: ${rows([p])}`).join(',\n')
  process.stdout.write(`{"about": "Cases of arborist's test/arborist/build-ideal-tree.js; places as npm 11 has them",
"left_out": [\n${rows(leftOut)}\n],\n"registry": {\n${used}\n},\n"scenarios": [\n${rows(once)}\n]}\n`)
  fs.rmSync(scratch, { recursive: true, force: true })
  process.exit(0)
}
main()
