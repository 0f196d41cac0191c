/** Texts of the setup pages. */
export default {
  title: 'Setup',
}
