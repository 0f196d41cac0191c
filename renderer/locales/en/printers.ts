/** Texts of the printers pages. */
export default {
  title: 'Printers',
}
