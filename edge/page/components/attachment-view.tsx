import { useSignal } from '@preact/signals'
import type { AttachmentContent } from 'hawser'
import { useEffect } from 'preact/hooks'
import { namedInText, shownName } from '../../../shared/foreign-text.ts'
import { ask } from '../dialogs.ts'
import { isPicture, sizeInWords } from '../files.ts'
import { told } from '../notices.ts'
import type { Session } from '../session.ts'
import { inWords } from '../words.ts'
import { DownloadIcon, FileIcon } from './icons.tsx'
import { FileName } from './name.tsx'

interface Props {
  attachment: AttachmentContent
  session: Session
}

/** A picture as such, anything else as a file to download. */
export function AttachmentView({ attachment, session }: Props) {
  return isPicture(attachment.type) ? (
    <Picture attachment={attachment} session={session} />
  ) : (
    <FileCard attachment={attachment} session={session} />
  )
}

function Picture({ attachment, session }: Props) {
  const { id, name, width = 4, height = 3 } = attachment
  const url = useSignal<string | undefined>(undefined)
  const fault = useSignal('')
  useEffect(() => {
    session.uploads.linkTo(id).then(
      (link) => {
        url.value = link
      },
      (error: unknown) => {
        fault.value = inWords(error)
      },
    )
  }, [id])
  return (
    <button
      type="button"
      class="picture"
      data-testid="picture"
      style={{ aspectRatio: `${width} / ${height}`, '--width': `${width}px` }}
      aria-label={`Picture ${namedInText(name)}, open it`}
      onClick={() => url.value && ask({ name: 'picture', url: url.value, title: name })}
    >
      {url.value && <img src={url.value} alt={namedInText(name)} draggable={false} />}
      {fault.value && <span class="hint">{fault.value}</span>}
    </button>
  )
}

function FileCard({ attachment, session }: Props) {
  const { id, name, size } = attachment
  return (
    <button
      type="button"
      class="file"
      data-testid="file"
      title={`Download ${namedInText(name)}`}
      onClick={() => void told(download(session, id, name))}
    >
      <span class="file-icon">
        <FileIcon />
      </span>
      <FileName of={name} />
      <span class="file-size">{sizeInWords(size)}</span>
      <DownloadIcon />
    </button>
  )
}

/** The link is made for this one download: it is good for a short time only. */
export async function download(session: Session, id: string, name: string): Promise<void> {
  const link = document.createElement('a')
  link.href = await session.uploads.linkTo(id)
  link.download = shownName(name)
  link.rel = 'noopener noreferrer'
  link.click()
}
