{{/* Names and addresses used in several templates. */}}

{{/* Where db-sync finds its database. */}}
{{- define "cardano-stuff.databaseHost" -}}
{{- ternary "postgres" .Values.database.host (eq .Values.database.kind "cluster") -}}
{{- end }}

{{/* libpq's sslmode: the Postgres of this chart speaks plain text, inside the namespace only. */}}
{{- define "cardano-stuff.sslMode" -}}
{{- ternary "disable" .Values.database.sslMode (eq .Values.database.kind "cluster") -}}
{{- end }}

{{/* Ports of the node's pod, used by its Service and its policy. */}}
{{- define "cardano-stuff.metricsPorts" -}}
- { port: node-metrics, protocol: TCP }
- { port: sync-metrics, protocol: TCP }
- { port: http, protocol: TCP }
{{- end }}
