import { useEffect } from 'preact/hooks'
import { ask } from '../dialogs.ts'
import type { Opened } from '../opened.ts'
import { newestOwn, type Row, receiptInWords } from '../rows.ts'

/** Who has read the user's newest message in a group; under it all, where the eye is. */
export function ReceiptLine({ opened, rows }: { opened: Opened; rows: readonly Row[] }) {
  const message = newestOwn(rows)?.message
  const receipt = opened.receipts.newest.value
  const seq = message?.seq
  useEffect(() => {
    if (seq !== undefined) void opened.receipts.refresh(seq)
  }, [opened, seq])
  if (!message || !receipt || receipt.seq !== seq || receipt.members === 0) return null
  return (
    <li class="receipt">
      <button type="button" class="quiet" data-testid="read-by" onClick={() => ask({ name: 'readers', message })}>
        {receiptInWords(receipt)}
      </button>
    </li>
  )
}
