import type { ComponentChildren } from 'preact'

function Icon({ children, width = 24 }: { children: ComponentChildren; width?: number }) {
  return (
    <svg class="icon" viewBox={`0 0 ${width} 24`} aria-hidden="true">
      {children}
    </svg>
  )
}

export const BackIcon = () => (
  <Icon>
    <path d="M15 5l-7 7 7 7" />
  </Icon>
)
export const DownIcon = () => (
  <Icon>
    <path d="M12 5v14M6 13l6 6 6-6" />
  </Icon>
)
export const SendIcon = () => (
  <Icon>
    <path d="M12 19V5M6 11l6-6 6 6" />
  </Icon>
)
export const PlusIcon = () => (
  <Icon>
    <path d="M12 5v14M5 12h14" />
  </Icon>
)
export const ClockIcon = () => (
  <Icon>
    <circle cx="12" cy="12" r="8" />
    <path d="M12 7.5V12l3 2" />
  </Icon>
)
export const TickIcon = () => (
  <Icon>
    <path d="M5 13l4.5 4.5L19 7" />
  </Icon>
)
export const TicksIcon = () => (
  <Icon width={32}>
    <path d="M3 13l4.5 4.5L17 7M15 16.5l1 1L26 7" />
  </Icon>
)
export const FailedIcon = () => (
  <Icon>
    <circle cx="12" cy="12" r="8" />
    <path d="M12 8v4.5M12 16v.01" />
  </Icon>
)
export const CloseIcon = () => (
  <Icon>
    <path d="M6 6l12 12M18 6L6 18" />
  </Icon>
)
export const MoreIcon = () => (
  <Icon>
    <path d="M5 12h.01M12 12h.01M19 12h.01" stroke-width="3" />
  </Icon>
)
export const ReplyIcon = () => (
  <Icon>
    <path d="M10 6L4 12l6 6M4 12h9a7 7 0 0 1 7 7" />
  </Icon>
)
export const RoomIcon = () => (
  <Icon>
    <circle cx="12" cy="12" r="2" />
    <path d="M8 16a5.7 5.7 0 0 1 0-8M16 8a5.7 5.7 0 0 1 0 8M5 19a9.9 9.9 0 0 1 0-14M19 5a9.9 9.9 0 0 1 0 14" />
  </Icon>
)
export const ThreadIcon = () => (
  <Icon>
    <path d="M5 4v9a4 4 0 0 0 4 4h10M9 8h10M12 12h7" />
  </Icon>
)
export const ForwardIcon = () => (
  <Icon>
    <path d="M14 6l6 6-6 6M20 12h-9a7 7 0 0 0-7 7" />
  </Icon>
)
export const EditIcon = () => (
  <Icon>
    <path d="M4 20h4L19 9l-4-4L4 16zM13 7l4 4" />
  </Icon>
)
export const CopyIcon = () => (
  <Icon>
    <path d="M9 9h11v11H9zM5 15H4V4h11v1" />
  </Icon>
)
export const TrashIcon = () => (
  <Icon>
    <path d="M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13" />
  </Icon>
)
export const UndoIcon = () => (
  <Icon>
    <path d="M4 9h10a5 5 0 0 1 0 10H8M8 5L4 9l4 4" />
  </Icon>
)
export const PinIcon = () => (
  <Icon>
    <path d="M9 4h6l-1 6 3 3v2H7v-2l3-3zM12 15v6" />
  </Icon>
)
export const EyeIcon = () => (
  <Icon>
    <path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z" />
    <circle cx="12" cy="12" r="2.5" />
  </Icon>
)
export const SearchIcon = () => (
  <Icon>
    <circle cx="11" cy="11" r="6" />
    <path d="M20 20l-4.5-4.5" />
  </Icon>
)
export const GroupIcon = () => (
  <Icon>
    <circle cx="9" cy="9" r="3.5" />
    <path d="M3 19.5c0-3.3 2.7-5.5 6-5.5s6 2.2 6 5.5M15.5 6a3.2 3.2 0 0 1 0 6M18 14.7c1.9.8 3 2.5 3 4.8" />
  </Icon>
)
export const InfoIcon = () => (
  <Icon>
    <circle cx="12" cy="12" r="8" />
    <path d="M12 11v5M12 8v.01" />
  </Icon>
)
export const ClipIcon = () => (
  <Icon>
    <path d="M19.5 11.5l-7.8 7.8a4.7 4.7 0 0 1-6.7-6.6l8.2-8.2a3.2 3.2 0 0 1 4.5 4.5l-8 8a1.6 1.6 0 0 1-2.3-2.3l7.2-7.2" />
  </Icon>
)
export const FileIcon = () => (
  <Icon>
    <path d="M6 3h8l4 4v14H6zM14 3v4h4" />
  </Icon>
)
export const DownloadIcon = () => (
  <Icon>
    <path d="M12 4v11M7 10.5l5 5 5-5M5 20h14" />
  </Icon>
)
export const TimerIcon = () => (
  <Icon>
    <circle cx="12" cy="13.5" r="7" />
    <path d="M12 10v3.5l2 1.5M9.5 3h5" />
  </Icon>
)
export const BellOffIcon = () => (
  <Icon>
    <path d="M6.5 16.5V11c0-3 2.2-5.5 5.5-5.5S17.5 8 17.5 11v5.5l1.5 1H5zM10 20.5h4M4 4l16 16" />
  </Icon>
)
export const ArchiveIcon = () => (
  <Icon>
    <path d="M4 5h16v4H4zM5.5 9v10h13V9M10 13h4" />
  </Icon>
)
export const BlockIcon = () => (
  <Icon>
    <circle cx="12" cy="12" r="8" />
    <path d="M6.5 6.5l11 11" />
  </Icon>
)
export const SmileIcon = () => (
  <Icon>
    <circle cx="12" cy="12" r="8" />
    <path d="M8.7 14a3.8 3.8 0 0 0 6.6 0M9.3 9.7v.01M14.7 9.7v.01" />
  </Icon>
)
