import { namedInText, shownName } from '../../../shared/foreign-text.ts'
import { DownloadIcon } from './icons.tsx'
import { Modal } from './modal.tsx'

export function PictureDialog({ url, title }: { url: string; title: string }) {
  return (
    <Modal title={namedInText(title)} testId="picture-dialog" class="wide">
      <img class="whole-picture" src={url} alt={namedInText(title)} />
      <a class="quiet" href={url} download={shownName(title)} rel="noopener noreferrer">
        <DownloadIcon /> Download
      </a>
    </Modal>
  )
}
