import { shownName } from '../../../shared/foreign-text.ts'

interface Props {
  of: string
  class?: string
  testId?: string
}

/** The name of a person, a group, a room: whatever others have put into it, it turns nothing around it. */
export function Name({ of, class: className, testId }: Props) {
  return (
    <bdi class={className} data-testid={testId}>
      {shownName(of)}
    </bdi>
  )
}

/** The name of a file, cut in its middle where there is no room: its ending says what it is, and stays in view. */
export function FileName({ of }: { of: string }) {
  const name = shownName(of)
  const dot = name.lastIndexOf('.')
  const at = dot > 0 && name.length - dot <= MAX_ENDING ? dot : name.length
  return (
    <span class="file-name" dir="ltr" data-testid="file-name">
      <bdi class="stem">{name.slice(0, at)}</bdi>
      <bdi class="ending">{name.slice(at)}</bdi>
    </span>
  )
}

/** Characters, the dot among them; a longer ending is none. */
const MAX_ENDING = 12
