{{/* Names and addresses used in several templates. */}}

{{/* Where db-sync finds its database. */}}
{{- define "cardano-stuff.databaseHost" -}}
{{- ternary "postgres" .Values.database.host (eq .Values.database.kind "cluster") -}}
{{- end }}

{{/* How libpq speaks TLS. The Postgres of this chart speaks plain text, inside the namespace only. */}}
{{- define "cardano-stuff.tlsEnv" -}}
{{- if eq .Values.database.kind "cluster" -}}
- { name: PGSSLMODE, value: disable }
{{- else -}}
- { name: PGSSLMODE, value: {{ .Values.database.sslMode }} }
{{- if .Values.database.ca.configMap }}
- { name: PGSSLROOTCERT, value: /database-ca/ca.crt }
{{- end }}
{{- end }}
{{- end }}

{{/* Ports of the node's pod that serve metrics, for its network policy. */}}
{{- define "cardano-stuff.metricsPorts" -}}
- { port: node-metrics, protocol: TCP }
- { port: sync-metrics, protocol: TCP }
- { port: http, protocol: TCP }
{{- end }}

{{/* Where Debian keeps Postgres' server programs; not every image of Postgres has it in its PATH. */}}
{{- define "cardano-stuff.postgresPath" -}}
- { name: PATH, value: "/usr/lib/postgresql/17/bin:/usr/local/bin:/usr/bin:/bin" }
{{- end }}
