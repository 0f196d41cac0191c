/** The desktop app's composition root. */
import { app } from 'electron'

app.quit()
