/**
 * Does the work in a turn of the event loop of its own, outside of any promise: the
 * simulation's kernel does what waits in microtasks itself, which it cannot from within one.
 */
export function inTurn<T>(work: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    setImmediate(() => {
      try {
        resolve(work())
      } catch (error) {
        reject(error)
      }
    })
  })
}
