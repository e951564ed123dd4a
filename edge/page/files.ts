const UNITS = ['B', 'KB', 'MB', 'GB'] as const

/** Of a file, for people. */
export function sizeInWords(bytes: number): string {
  const power = Math.min(UNITS.length - 1, bytes > 0 ? Math.floor(Math.log10(bytes) / 3) : 0)
  const amount = bytes / 1000 ** power
  return `${amount < 10 && power > 0 ? amount.toFixed(1) : Math.round(amount)} ${UNITS[power]}`
}

/** What a browser shows by itself; an SVG or a page might run scripts, so they are only downloaded. */
export function isPicture(type: string): boolean {
  return /^image\/(png|jpeg|gif|webp|avif)$/.test(type)
}

/** Pixels of a picture, so that its place is there before it is; undefined where it cannot be read. */
export async function measured(file: Blob): Promise<{ width: number; height: number } | undefined> {
  if (!isPicture(file.type)) return undefined
  try {
    const bitmap = await createImageBitmap(file)
    const { width, height } = bitmap
    bitmap.close()
    return { width, height }
  } catch {
    return undefined
  }
}
