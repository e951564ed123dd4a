import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { offeredName } from '../memory.ts'
import { fault, isBusy, mode, withName, withToken } from '../sign-in.ts'

export function SignIn() {
  return (
    <main class="sign-in">
      <img class="logo" src="icon.svg" alt="" width="72" height="72" />
      <h1>Hawser</h1>
      {mode.value === 'name' ? <NameForm /> : <TokenForm />}
    </main>
  )
}

function NameForm() {
  const name = useSignal(offeredName() ?? '')
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => input.current?.focus(), [])
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        void withName(name.value)
      }}
    >
      <label for="name">Your name</label>
      <input
        id="name"
        ref={input}
        data-testid="sign-in-name"
        value={name}
        onInput={(event) => {
          name.value = event.currentTarget.value
        }}
        placeholder="alice"
        autocomplete="username"
        autocapitalize="none"
        spellcheck={false}
        maxLength={128}
        required
        aria-describedby="fault"
      />
      <button type="submit" data-testid="sign-in" class="primary" disabled={isBusy.value}>
        Sign in
      </button>
      <Fault />
    </form>
  )
}

function TokenForm() {
  const token = useSignal('')
  const input = useRef<HTMLTextAreaElement>(null)
  useEffect(() => input.current?.focus(), [])
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        withToken(token.value)
      }}
    >
      <label for="token">Access token</label>
      <p class="hint" id="why">
        This server signs nobody in by name, so paste a token that your application issued for you.
      </p>
      <textarea
        id="token"
        ref={input}
        data-testid="sign-in-token"
        rows={4}
        value={token}
        onInput={(event) => {
          token.value = event.currentTarget.value
        }}
        autocomplete="off"
        spellcheck={false}
        required
        aria-describedby="why fault"
      />
      <button type="submit" data-testid="sign-in" class="primary">
        Sign in
      </button>
      <Fault />
    </form>
  )
}

function Fault() {
  return (
    <p id="fault" class="fault" role="alert">
      {fault}
    </p>
  )
}
