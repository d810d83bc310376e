#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# builds.sh [--snapshots DIR] [--keep] [PROJECT...]: real use of the trees of each linker, from recorded
# snapshots, without a network: every direct dependency is loaded, as many as on the hoisted tree, and
# the project's own build runs: vite-react (`vite build`), next-app (`next build`), angular-app
# (`ng build`). ant-design and workspaces are loaded only. Exits 1 when something fails, 77 without
# Node.js.
default_projects=(vite-react next-app angular-app workspaces)
# shellcheck source=tests/oracle/npm/options.sh
. "$(dirname "${BASH_SOURCE[0]}")/options.sh"

# Sets command; makes the smallest application that the tools build.
make_application() { # PROJECT FOLDER
    cd "$2"
    case $1 in
    vite-react)
        mkdir -p src
        echo '<div id="root"></div><script type="module" src="/src/main.jsx"></script>' > index.html
        printf '%s\n' 'import { createRoot } from "react-dom/client"' \
            'createRoot(document.getElementById("root")).render(<p>built</p>)' > src/main.jsx
        printf '%s\n' 'import react from "@vitejs/plugin-react"' \
            'export default { plugins: [react()] }' > vite.config.mjs
        command=(node_modules/.bin/vite build)
        ;;
    next-app)
        mkdir -p app
        printf '%s\n' 'export default function Layout({ children }) {' \
            '  return <html><body>{children}</body></html>' '}' > app/layout.jsx
        echo 'export default function Page() { return <p>built</p> }' > app/page.jsx
        command=(node_modules/.bin/next build)
        ;;
    angular-app)
        mkdir -p src
        echo '<!doctype html><html><head><title>t</title></head><body><app-root></app-root></body></html>' \
            > src/index.html
        printf '%s\n' 'import { bootstrapApplication } from "@angular/platform-browser"' \
            'import { Component } from "@angular/core"' \
            '@Component({ selector: "app-root", standalone: true, template: "<p>built</p>" })' \
            'class App {}' 'bootstrapApplication(App)' > src/main.ts
        cat > tsconfig.json << 'JSON'
{ "compilerOptions": { "target": "ES2022", "module": "ES2022", "moduleResolution": "bundler",
  "experimentalDecorators": true, "lib": ["ES2022", "dom"], "skipLibCheck": true },
  "files": ["src/main.ts"] }
JSON
        cat > angular.json << 'JSON'
{ "version": 1, "cli": { "analytics": false }, "projects": { "app": { "projectType": "application",
  "root": "", "sourceRoot": "src", "architect": { "build": {
  "builder": "@angular-devkit/build-angular:application", "options": { "outputPath": "dist",
  "index": "src/index.html", "browser": "src/main.ts", "polyfills": ["zone.js"],
  "tsConfig": "tsconfig.json" } } } } } }
JSON
        command=(node_modules/.bin/ng build)
        ;;
    *) command=() ;;
    esac
}

# Names that load with one linker load with all.
load() { # LINKER
    cp "$here/load_direct.mjs" "$work/app/project/load.mjs"
    clean_run app timeout 300 node load.mjs > "$work/loaded-$1" 2> "$work/log" || { cat "$work/log" && return 1; }
    diff "$work/loaded-hoisted" "$work/loaded-$1"
}

use() { # PROJECT LINKER
    fresh_copy app
    local command what
    make_application "$1" "$work/app/project"
    must "plumb install" app "$bin/plumb" install --linker "$2" || return 1
    load "$2" || { echo "other direct dependencies load than from the hoisted tree" && return 1; }
    what="$(wc -l < "$work/loaded-$2") direct dependencies load"
    if [ ${#command[@]} -gt 0 ]; then
        must "build" app env CI=1 NEXT_TELEMETRY_DISABLED=1 NG_CLI_ANALYTICS=false "${command[@]}" || return 1
        grep -rlq built "$work/app/project"/{dist,.next} 2> /dev/null || { echo "nothing was built" && return 1; }
        what+=", ${command[*]##*/}"
    fi
    echo "$what"
}

for project in "${projects[@]}"; do
    [ -d "$snapshots/$project" ] || die "no snapshot $snapshots/$project: run check.sh $project first"
    source=$root/fixtures/projects/$project
    start_server "$snapshots/$project"
    echo "$project:"
    for linker in hoisted isolated global; do try "$linker" use "$project" "$linker"; done
    stop_server
done
exit "$failed"
