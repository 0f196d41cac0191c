import { expect, it } from 'vitest'
import { withoutAppImage } from './restart.ts'

it('is the environment from before the old AppImage', () => {
  expect(withoutAppImage({
    APPIMAGE: '/home/u/Printbell.AppImage', APPDIR: '/tmp/.mount_x', ARGV0: 'Printbell.AppImage', OWD: '/home/u', HOME: '/home/u',
    PATH: '/tmp/.mount_x:/tmp/.mount_x/usr/sbin:/usr/bin:/tmp/.mount_xy/bin', LD_LIBRARY_PATH: '/tmp/.mount_x/usr/lib', XDG_DATA_DIRS: '/tmp/.mount_x/usr/share/:/usr/share', GSETTINGS_SCHEMA_DIR: '/tmp/.mount_x/usr/share/glib-2.0/schemas',
  })).toEqual({ HOME: '/home/u', PATH: '/usr/bin:/tmp/.mount_xy/bin', XDG_DATA_DIRS: '/usr/share' })
})

it('is left as it is where no AppImage was', () => {
  expect(withoutAppImage({ PATH: '/usr/bin', APPDIR: '' })).toEqual({ PATH: '/usr/bin' })
  expect(withoutAppImage({ PATH: '/usr/bin' })).toEqual({ PATH: '/usr/bin' })
})
