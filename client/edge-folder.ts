/**
 * The folder that the edge's doors lie in, with http or https for ws and wss: that of `wss://host/chat/ws` is
 * `https://host/chat/`, so that an edge below a path of another server is found there by HTTP as well.
 */
export function folderOf(edge: URL | string): URL {
  // `protocol` cannot be set from ws to http: one is a scheme of another kind to some runtimes.
  return new URL('.', new URL(edge).href.replace(/^ws/, 'http'))
}
