import { dismiss, notice } from '../notices.ts'
import { CloseIcon } from './icons.tsx'

/** What went wrong, or is done, for a few seconds. */
export function Notice() {
  return (
    <div class="notice-place" role="status" aria-live="polite">
      {notice.value !== '' && (
        <p class="notice" data-testid="notice">
          <bdi>{notice.value}</bdi>
          <button type="button" class="round" aria-label="Dismiss" onClick={dismiss}>
            <CloseIcon />
          </button>
        </p>
      )}
    </div>
  )
}
