import { shownName } from '../../../shared/foreign-text.ts'

interface Props {
  name: string
  /** The conversation id of a group: it may be renamed, and keeps its colour. */
  groupId?: string | undefined
  /** Whether the person is there now, where that is known. */
  isOnline?: boolean
}

/** A first letter on a colour of one's own; a group's is square. */
export function Avatar({ name, groupId, isOnline = false }: Props) {
  const letter = [...shownName(name)][0] ?? '?'
  return (
    <span class={groupId ? 'avatar square' : 'avatar'} style={{ '--hue': String(hueOf(groupId ?? name)) }} aria-hidden="true">
      {letter.toUpperCase()}
      {isOnline && <span class="presence" data-testid="online" />}
    </span>
  )
}

export function hueOf(name: string): number {
  let hash = 0
  for (const char of name) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) >>> 0
  return (hash * 47) % 360
}
