import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useId, useRef } from 'preact/hooks'

/** Pixels between a menu and its button, or the edge of the window. */
const GAP = 6

interface Props {
  label: string
  icon: ComponentChildren
  testId: string
  class?: string
  /** Rendered while it is open only: a page has many menus. */
  children: () => ComponentChildren
}

/** A button and what it opens; the browser closes it at Escape, at a click elsewhere, and gives the focus back. */
export function Menu({ label, icon, testId, class: className = 'round', children }: Props) {
  const id = useId()
  const button = useRef<HTMLButtonElement>(null)
  const box = useRef<HTMLDivElement>(null)
  const isOpen = useSignal(false)

  /** Its place depends on its size, which it has once it is shown. */
  const shown = (): void => {
    if (!box.current || !button.current) return
    place(box.current, button.current.getBoundingClientRect())
    box.current.querySelector<HTMLElement>('button')?.focus({ preventScroll: true })
  }

  return (
    <>
      <button
        ref={button}
        type="button"
        class={className}
        data-testid={testId}
        aria-label={label}
        title={label}
        aria-haspopup="menu"
        popovertarget={id}
      >
        {icon}
      </button>
      <div
        ref={box}
        id={id}
        class="menu"
        popover="auto"
        role="menu"
        tabIndex={-1}
        aria-label={label}
        onBeforeToggle={(event) => {
          if (event.newState === 'open') isOpen.value = true
        }}
        onToggle={(event) => {
          if (event.newState === 'open') return shown()
          // Not before it is closed: the browser gives the focus back only where the item that has it still is.
          isOpen.value = false
          box.current?.removeAttribute('data-placed')
        }}
        onClick={() => box.current?.hidePopover()}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown' || event.key === 'ArrowUp') step(event, event.key === 'ArrowDown' ? 1 : -1)
        }}
      >
        {isOpen.value && children()}
      </div>
    </>
  )
}

interface ItemProps {
  testId: string
  icon?: ComponentChildren
  isDangerous?: boolean
  /** One of several, which is chosen now. */
  isChosen?: boolean
  onChoose: () => void
  children: ComponentChildren
}

export function MenuItem({ testId, icon, isDangerous = false, isChosen, onChoose, children }: ItemProps) {
  return (
    <button
      type="button"
      {...(isChosen === undefined ? { role: 'menuitem' } : { role: 'menuitemradio', 'aria-checked': isChosen })}
      class={isDangerous ? 'menu-item dangerous' : 'menu-item'}
      data-testid={testId}
      onClick={onChoose}
    >
      {icon}
      <span>{children}</span>
    </button>
  )
}

/** Below its button where there is room, else above it; always within the window. */
function place(box: HTMLElement, anchor: DOMRect): void {
  const { offsetWidth: width, offsetHeight: height } = box
  const fitsBelow = anchor.bottom + GAP + height <= innerHeight - GAP
  const top = fitsBelow ? anchor.bottom + GAP : anchor.top - GAP - height
  const left = anchor.left + width <= innerWidth - GAP ? anchor.left : anchor.right - width
  box.style.top = `${Math.max(GAP, top)}px`
  box.style.left = `${Math.max(GAP, left)}px`
  box.setAttribute('data-placed', '')
}

function step(event: KeyboardEvent & { currentTarget: HTMLElement }, by: 1 | -1): void {
  event.preventDefault()
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('button')]
  const at = items.indexOf(document.activeElement as HTMLElement)
  items[(at + by + items.length) % items.length]?.focus()
}
