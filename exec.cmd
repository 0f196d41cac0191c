@rem The scripts in package.json begin with "exec", so that on Linux and macOS a signal to npm reaches the program and no
@rem shell stands between. Windows has no such word: here it is.
@%*
