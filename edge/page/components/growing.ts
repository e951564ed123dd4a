import type { RefObject } from 'preact'
import { useLayoutEffect } from 'preact/hooks'

/** The field grows with its text, up to what the style allows. */
export function useGrowing(input: RefObject<HTMLTextAreaElement | null>, text: string): void {
  useLayoutEffect(() => {
    const box = input.current
    if (!box) return
    box.style.height = 'auto'
    box.style.height = `${box.scrollHeight + box.offsetHeight - box.clientHeight}px`
  }, [text])
}
