{{/* The connection to the database, as libpq's variables; the password is read from its file at each connection. */}}
{{- define "dapp-store.databaseEnv" -}}
- { name: PGHOST, value: {{ .Values.database.host | quote }} }
- { name: PGPORT, value: {{ .Values.database.port | quote }} }
- { name: PGDATABASE, value: {{ .Values.database.name | quote }} }
- { name: PGUSER, value: {{ .Values.database.user | quote }} }
- { name: PGPASSWORD_FILE, value: /secrets/password }
- { name: PGSSLMODE, value: {{ .Values.database.sslMode }} }
{{- if .Values.database.ca.configMap }}
- { name: PGSSLROOTCERT, value: /database-ca/ca.crt }
{{- end }}
{{- end }}

{{/* Where a container finds the files that these variables name. */}}
{{- define "dapp-store.databaseMounts" -}}
- { name: database-secret, mountPath: /secrets, readOnly: true }
{{- if .Values.database.ca.configMap }}
- { name: database-ca, mountPath: /database-ca, readOnly: true }
{{- end }}
{{- end }}

{{/* The volumes of these mounts. */}}
{{- define "dapp-store.databaseVolumes" -}}
- name: database-secret
  secret:
    secretName: {{ .Values.database.secret.name }}
    defaultMode: 288 # 0440
    items:
      - { key: {{ .Values.database.secret.passwordKey }}, path: password }
{{- if .Values.database.ca.configMap }}
- name: database-ca
  configMap:
    name: {{ .Values.database.ca.configMap }}
    items:
      - { key: {{ .Values.database.ca.key }}, path: ca.crt }
{{- end }}
{{- end }}
