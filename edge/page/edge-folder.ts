/** The folder that the page lies in, and the edge's doors beside it: below a path where a proxy has put it there. */
export const EDGE_FOLDER = new URL('.', location.href).href
