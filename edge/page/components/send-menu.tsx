import { ask } from '../dialogs.ts'
import { keepLifetime, LIFETIMES } from '../expiry.ts'
import type { Opened } from '../opened.ts'
import type { Session } from '../session.ts'
import { textIn } from '../writing.ts'
import { ClockIcon, TimerIcon } from './icons.tsx'
import { Menu, MenuItem } from './menu.tsx'

/** Later, or not for ever. */
export function SendMenu({ session, opened }: { session: Session; opened: Opened }) {
  const { handle, lifetime, composing } = opened
  const chosen = LIFETIMES.find(({ ms }) => ms === lifetime.value)
  return (
    <Menu
      label={chosen?.short ? `Messages disappear after ${chosen.label}` : 'Ways to send'}
      testId="send-menu"
      icon={
        <>
          <TimerIcon />
          {chosen?.short && <span class="lifetime">{chosen.short}</span>}
        </>
      }
    >
      {() => (
        <>
          {composing.task.value.name !== 'edit' && textIn(session, opened).trim() !== '' && (
            <MenuItem testId="send-later" icon={<ClockIcon />} onChoose={() => ask({ name: 'schedule', conversationId: handle.id })}>
              Send later…
            </MenuItem>
          )}
          <p class="menu-title">Messages disappear after</p>
          {LIFETIMES.map(({ ms, label }) => (
            <MenuItem
              key={ms}
              testId={`lifetime-${ms}`}
              isChosen={ms === lifetime.value}
              onChoose={() => {
                lifetime.value = ms
                keepLifetime(handle.id, ms)
              }}
            >
              {label}
            </MenuItem>
          ))}
        </>
      )}
    </Menu>
  )
}
