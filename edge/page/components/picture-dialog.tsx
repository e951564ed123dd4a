import { DownloadIcon } from './icons.tsx'
import { Modal } from './modal.tsx'

export function PictureDialog({ url, title }: { url: string; title: string }) {
  return (
    <Modal title={title} testId="picture-dialog" class="wide">
      <img class="whole-picture" src={url} alt={title} />
      <a class="quiet" href={url} download={title} rel="noopener noreferrer">
        <DownloadIcon /> Download
      </a>
    </Modal>
  )
}
