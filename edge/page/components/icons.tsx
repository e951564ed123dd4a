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
