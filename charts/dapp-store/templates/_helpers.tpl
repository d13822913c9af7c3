{{/* The API's connection to its database, as libpq's variables; the password is read from its file at each connection. */}}
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
