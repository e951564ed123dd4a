import type { Called } from '../mentions.ts'
import { piecesOf } from '../pieces.ts'
import { Name } from './name.tsx'

interface Props {
  text: string
  called: Called
  self: string
}

/** A message's text with its addresses and names. */
export function MessageText({ text, called, self }: Props) {
  return (
    <span class="text" data-testid="message-text" dir="auto">
      {piecesOf(text, called).map((piece) => {
        if (typeof piece === 'string') return piece
        if ('mention' in piece) return <Mention name={piece.mention} self={self} />
        return (
          <a href={piece.href} dir="ltr" target="_blank" rel="noopener noreferrer">
            {piece.text}
          </a>
        )
      })}
    </span>
  )
}

function Mention({ name, self }: { name: string; self: string }) {
  return (
    <mark class="mention" data-testid="mention" data-self={String(name === self || name === 'all')}>
      @<Name of={name} />
    </mark>
  )
}
