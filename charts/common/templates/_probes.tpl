{{/*
A container's probes. Arguments: "check" (how to ask: httpGet, tcpSocket or exec), "ready" (the same for readiness, when it
differs), "startupMinutes" (how long a start may take; the liveness probe waits for it) and "liveMinutes" (how long it may
then be silent before it is restarted; 1).
*/}}
{{- define "common.probes" -}}
startupProbe:
  {{- toYaml .check | nindent 2 }}
  periodSeconds: 5
  timeoutSeconds: 5
  failureThreshold: {{ mul .startupMinutes 12 }}
livenessProbe:
  {{- toYaml .check | nindent 2 }}
  periodSeconds: 15
  timeoutSeconds: 5
  failureThreshold: {{ mul (.liveMinutes | default 1) 4 }}
readinessProbe:
  {{- toYaml (.ready | default .check) | nindent 2 }}
  periodSeconds: 5
  timeoutSeconds: 5
  failureThreshold: 3
{{- end }}
