import { render } from 'preact'
import { App } from './app.tsx'
import { followAttention } from './attention.ts'
import { loadLinks } from './links.ts'
import { followHash } from './route.ts'
import { resume } from './sign-in.ts'

const root = document.getElementById('app')
if (!root) throw new Error('The page has no element with the id "app".')

followHash()
followAttention()
resume()
render(<App />, root)
loadLinks().catch(() => {
  // Without it addresses are not links; all else is here.
})
