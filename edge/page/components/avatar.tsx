/** A person's first letter on a colour of their own. */
export function Avatar({ name }: { name: string }) {
  const letter = [...name][0] ?? '?'
  return (
    <span class="avatar" style={{ '--hue': String(hueOf(name)) }} aria-hidden="true">
      {letter.toUpperCase()}
    </span>
  )
}

function hueOf(name: string): number {
  let hash = 0
  for (const char of name) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) >>> 0
  return (hash * 47) % 360
}
