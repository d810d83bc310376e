#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# sources.sh [--keep]: packages that come from elsewhere than a registry, and workspaces: the same
# lock and tree as npm makes, from local git repositories and a loopback server. Exits 1 when
# anything differs, 77 without npm.
keep=0
[ "${1:-}" != --keep ] || keep=1
# shellcheck source=tests/oracle/npm/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
command -v git > /dev/null || skip "no git"

commit() { # MESSAGE
    git add -A
    git -c user.name=n -c user.email=n@mail.example commit -qm "$1"
}

# A repository with two versions, an untagged commit, ignore files, bins and a folder with a package.
make_repository() {
    mkdir -p "$work/repo/lib/deep" "$work/repo/test" "$work/repo/sub/folder"
    cd "$work/repo"
    git init -q -b main
    cat > package.json << 'JSON'
{ "name": "gitpkg", "version": "1.2.3", "license": "MIT", "main": "main.js", "bin": { "gp": "cli.js" },
  "files": ["lib", "!lib/*.map", "extra.txt"], "dependencies": { "inner": "file:inner.tgz" },
  "scripts": { "prepare": "exit 1" } }
JSON
    sed -i '/"dependencies"/s/"dependencies".*/"engines": { "node": ">=1" },/' package.json
    touch main.js lib/a.js lib/a.map lib/deep/b.js test/t.js extra.txt README.md LICENSE.txt other.txt
    touch lib/.npmrc lib/x.orig
    echo deep > lib/.npmignore
    printf '#!/usr/bin/env node\n' > cli.js
    echo '{ "name": "sub", "version": "7.0.0" }' > sub/folder/package.json
    commit 1
    git tag v1.2.3
    sed -i 's/1\.2\.3/1.3.0/' package.json
    commit 2
    git -c user.name=n -c user.email=n@mail.example tag -a -m annotated release-1.3.0
    git checkout -qb feature
    sed -i '/"files"/d' package.json
    printf 'test\n/other.txt\n*.map\n!lib/a.map\n' > .gitignore
    sed -i 's/"scripts": .*/"os": ["linux"] }/' package.json
    git rm -q --cached -r . > /dev/null
    git add -A -f
    commit 3
    git checkout -q main
    touch lib/z.js
    commit 4
}

make_tarballs() {
    mkdir -p "$work/www" "$work/app/vendor" "$work/pack/package/bin"
    cd "$work/pack"
    printf '#!/usr/bin/env node\r\n' > package/bin/run.js
    echo '{"name":"tarpkg","version":"2.0.0","bin":"bin/run.js"}' > package/package.json
    tar czf "$work/app/vendor/tarpkg-2.0.0.tgz" package
    sed -i 's/tarpkg/remotepkg/; s/2.0.0/3.0.0/' package/package.json
    tar czf "$work/www/remotepkg-3.0.0.tgz" package
    sed -i 's/3.0.0/4.0.0/' package/package.json
    tar czf "$work/app/vendor/remotepkg-4.0.0.tar.gz" package
}

# In the registry, and it links to a folder that it brings.
make_package() {
    mkdir -p "$work/own/package/inner"
    cd "$work/own"
    echo '{"name":"own","version":"1.0.0","dependencies":{"inner":"file:./inner"}}' > package/package.json
    echo '{"name":"inner","version":"5.0.0"}' > package/inner/package.json
    tar czf "$work/www/own-1.0.0.tgz" package
    local hash
    hash=$(node -p 'require("crypto").createHash("sha512").update(require("fs").readFileSync(0)).digest("base64")' \
        < "$work/www/own-1.0.0.tgz")
    echo '{"name":"own","dist-tags":{"latest":"1.0.0"},"versions":{"1.0.0":{"name":"own","version":"1.0.0",
        "dependencies":{"inner":"file:./inner"},
        "dist":{"tarball":"'"$files_url/own-1.0.0.tgz"'","integrity":"sha512-'"$hash"'"}}}}' > "$work/www/own"
}

start_files() { # sets files_url; serves $work/www
    node -e 'require("http").createServer((q, r) => {
        const file = process.argv[1] + "/" + require("path").basename(q.url)
        require("fs").readFile(file, (e, data) => { r.writeHead(e ? 404 : 200); r.end(data) })
    }).listen(0, "127.0.0.1", function () { console.log(this.address().port) })' "$work/www" > "$work/port" &
    server=$!
    for _ in $(seq 200); do
        [ ! -s "$work/port" ] || break
        sleep 0.05
    done
    files_url=http://127.0.0.1:$(cat "$work/port")
}

# What is of GitHub comes from here.
fake_hosts() {
    local host
    for host in https://github.com/user/repo.git ssh://git@github.com/user/repo.git \
        https://gitlab.com/group/repo.git https://gist.github.com/abc123.git; do
        git config -f "$work/home/.gitconfig" --add "url.file://$work/repo.insteadOf" "$host"
    done
}

make_project() { # a workspace root with members in braces, one left out, a nested conflict
    mkdir -p "$work"/app/{packages/{a,b,skipped},apps/web,local} "$work"/beside/{outside,further}
    cd "$work/app"
    cat > package.json << JSON
{ "name": "app", "version": "1.0.0", "workspaces": ["{packages,apps}/*", "!packages/skipped"],
  "dependencies": {
    "by-tag": "git+file://$work/repo#v1.2.3", "by-range": "git+file://$work/repo#semver:^1.3.0",
    "by-branch": "git+file://$work/repo#feature", "by-head": "git+file://$work/repo",
    "by-commit": "git+file://$work/repo#$(git -C "$work/repo" rev-parse v1.2.3)",
    "tarpkg": "file:vendor/tarpkg-2.0.0.tgz", "remotepkg": "$files_url/remotepkg-3.0.0.tgz",
    "local": "file:local", "outside": "file:../outside", "own": "1.0.0" } }
JSON
    echo '{ "name": "local", "version": "1.0.0", "dependencies": { "tarpkg": "file:../vendor/tarpkg-2.0.0.tgz" } }' > local/package.json
    echo '{ "name": "outside", "version": "4.0.0", "dependencies": { "further": "file:../further" } }' > "$work/beside/outside/package.json"
    echo '{ "name": "further", "version": "6.0.0" }' > "$work/beside/further/package.json"
    echo '{ "name": "a", "version": "1.0.0", "dependencies": { "b": "^1.0.0", "remotepkg": "file:../../vendor/remotepkg-4.0.0.tar.gz" } }' > packages/a/package.json
    echo '{ "name": "b", "version": "1.0.0", "devDependencies": { "web": "*" } }' > packages/b/package.json
    echo '{ "name": "skipped", "version": "1.0.0" }' > packages/skipped/package.json
    echo '{ "name": "web", "version": "1.0.0", "dependencies": { "a": "1" } }' > apps/web/package.json
}

copy_project() { # TREE [LOCK]: with the folders beside it
    fresh_copy "$@"
    cp -R "$work/beside/." "$work/$1/"
}

# install and ci, each with "NAME=VALUE" in the environment
check_sources() { # SETTING...
    source=$work/app
    copy_project npm
    copy_project plumb
    must "npm install" npm env "$@" npm install || return 1
    must "plumb install" plumb env "$@" "$bin/plumb" install || return 1
    try lock diff "$work/npm/project/package-lock.json" "$work/plumb/project/package-lock.json"
    try tree node "$here/compare_trees.mjs" "$work/npm/project" "$work/plumb/project"
    copy_project npm-ci "$work/npm/project/package-lock.json"
    copy_project plumb-ci "$work/npm/project/package-lock.json"
    rm -rf "$work/store" "$work/meta"
    must "npm ci" npm-ci env "$@" npm ci || return 1
    must "plumb ci" plumb-ci env "$@" "$bin/plumb" ci || return 1
    try ci node "$here/compare_trees.mjs" "$work/npm-ci/project" "$work/plumb-ci/project"
}

# Shorthands of hosts: npm would fetch archives from the hosts themselves, so only the lock's texts
# are held against what npm is known to write.
check_hosts() {
    mkdir -p "$work/hosts/project"
    cd "$work/hosts/project"
    echo '{ "name": "h", "version": "1.0.0", "dependencies": { "plain": "user/repo#v1.2.3",
        "scheme": "github:user/repo#semver:^1.3.0", "lab": "gitlab:group/repo", "gist": "gist:abc123" } }' > package.json
    must "plumb install" hosts "$bin/plumb" install || return 1
    local commit
    for wanted in plain:v1.2.3:github.com/user/repo scheme:release-1.3.0:github.com/user/repo \
        lab:main:gitlab.com/group/repo gist:main:gist.github.com/abc123; do
        IFS=: read -r name ref where <<< "$wanted"
        commit=$(git -C "$work/repo" rev-parse "$ref^{commit}")
        grep -q "\"resolved\": \"git+ssh://git@$where.git#$commit\"" package-lock.json || {
            grep "node_modules/$name" -A 4 package-lock.json
            echo "$name: not git+ssh://git@$where.git#$commit"
            return 1
        }
        [ -f "node_modules/$name/main.js" ] || { echo "$name: not installed" && return 1; }
    done
    echo "4 shorthands"
}

(make_repository)
(make_tarballs)
start_files
registry=$files_url/none/
(make_package)
(make_project)
fake_hosts
echo sources:
check_sources || failed=1
echo "with install-links:"
# npm looks for the tarballs of a folder that it packs below node_modules, and fails.
sed -i 's/"dependencies": {.*}/"dependencies": {} }/' "$work/app/local/package.json"
check_sources npm_config_install_links=true || failed=1
try hosts check_hosts
exit "$failed"
