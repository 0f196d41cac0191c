/** Texts of the settings pages. */
export default {
  title: 'Settings',
}
