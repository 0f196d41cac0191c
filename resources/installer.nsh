; Asked once, when the person takes Printbell away (not when a newer version is put over it): its settings, history and pictures stay unless they say
; otherwise. A silent uninstall keeps them.
!macro customUnInstall
  ${ifNot} ${isUpdated}
    MessageBox MB_YESNO|MB_ICONQUESTION|MB_DEFBUTTON2 "Remove Printbell's settings, history and pictures too? They can not be brought back." /SD IDNO IDNO keepData
      RMDir /r "$LOCALAPPDATA\printbell"
      RMDir /r "$APPDATA\printbell"
    keepData:
  ${endIf}
!macroend
