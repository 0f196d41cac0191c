/** Texts of the history pages. */
export default {
  title: 'History',
}
