/** A clock of one that may be set back, which then stands for a moment: in workerd `performance.now` is the date. */
export function growing(read: () => number): () => number {
  let before = read()
  let sum = 0
  return () => {
    const now = read()
    sum += Math.max(0, now - before)
    before = now
    return sum
  }
}
