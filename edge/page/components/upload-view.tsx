import { namedInText } from '../../../shared/foreign-text.ts'
import { sizeInWords } from '../files.ts'
import type { Upload, Uploads } from '../uploads.ts'
import { CloseIcon, FileIcon } from './icons.tsx'
import { FileName } from './name.tsx'

/** A file on its way, with how much of it has left. */
export function UploadView({ upload, uploads }: { upload: Upload; uploads: Uploads }) {
  const { id, file, preview, progress, failure } = upload
  const percent = Math.round(progress * 100)
  return (
    <li class="message first" data-own="true" data-testid="upload" data-failed={String(failure !== undefined)}>
      <div class="bubble upload">
        {preview ? <img src={preview} alt="" /> : <FileIcon />}
        <FileName of={file.name} />
        <span class="file-size">{failure === undefined ? `${percent} % of ${sizeInWords(file.size)}` : sizeInWords(file.size)}</span>
        <progress max={100} value={percent} aria-label={`Upload of ${namedInText(file.name)}`} />
        <button type="button" class="round" aria-label="Cancel the upload" onClick={() => uploads.discard(id)}>
          <CloseIcon />
        </button>
      </div>
      {failure !== undefined && (
        <p class="failure" role="alert">
          Not sent: {failure}{' '}
          <button type="button" class="quiet" onClick={() => uploads.retry(id)}>
            Retry
          </button>
        </p>
      )}
    </li>
  )
}
