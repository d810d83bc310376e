// SPDX-License-Identifier: MIT
// abbreviated_proxy.mjs URL: a registry in front of URL (a replayed snapshot) that answers with
// abbreviated metadata where the full one was not recorded, for managers that ask for the full one
// only. Prints its address. What it has answered so goes to stderr, a name a line.
import http from 'node:http'

const upstream = new URL(process.argv[2])
const ABBREVIATED = 'application/vnd.npm.install-v1+json'

function forward(request, response, accept) {
  const headers = { ...request.headers, host: upstream.host }
  if (accept) headers.accept = accept
  const asked = http.request(new URL(request.url, upstream), { method: request.method, headers }, answer => {
    const isRetry = answer.statusCode === 404 && !accept && !request.url.includes('/-/')
    if (isRetry) {
      answer.resume()
      console.error(decodeURIComponent(request.url.slice(1)))
      return forward(request, response, ABBREVIATED)
    }
    response.writeHead(answer.statusCode, answer.headers)
    answer.pipe(response)
  })
  asked.on('error', error => { response.writeHead(502); response.end(String(error)) })
  asked.end()
}

const server = http.createServer((request, response) => forward(request, response))
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/`))
