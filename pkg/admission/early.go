package admission

import (
	"bytes"
	"encoding/json"
	"net/http"
	"time"

	"go.uber.org/zap"
	admissionv1 "k8s.io/api/admission/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/rollguard/rollguard/pkg/api"
)

// earlyPart is the part of a review in which its uid is looked for. API servers write it
// as the first field of the request, within the first 100 bytes.
const earlyPart = 1 << 10

// passEarly answers a review that there is no room for: the write passes unchanged, is
// counted, and its author and the audit log are told. Only the start of the review is
// looked at. Without a uid in it there is no answer that an API server would take.
func (h *Handler) passEarly(w http.ResponseWriter, start []byte, why *overload) {
	began := time.Now()
	uid := earlyUID(start)
	h.Log.Warn("overload, the write passes unchanged", zap.String("uid", string(uid)), zap.String("reason", why.reason))
	h.Recorder.Admission(string(api.Fill), outcomeOverloaded, time.Since(began))
	if uid == "" {
		http.Error(w, why.Error(), http.StatusServiceUnavailable)
		return
	}
	resp := allowed()
	if h.Warnings != WarnNone {
		text := "Rollguard was too busy to look at this Deployment; it was stored as you wrote it"
		if why.large {
			text = "this Deployment is too large for Rollguard's memory limit; it was stored as you wrote it"
		}
		resp.Warnings = []string{subject{}.line(text)}
	}
	resp.AuditAnnotations = map[string]string{auditError: clean(why.Error())}
	h.send(w, uid, resp)
}

// earlyUID finds request.uid in the beginning of a review, "" where it is not there.
func earlyUID(part []byte) types.UID {
	d := json.NewDecoder(bytes.NewReader(part))
	path := make([]string, 0, 4) // the keys on the way down; "" for one that is awaited
	for {
		token, err := d.Token()
		if err != nil || len(path) > 3 {
			return ""
		}
		switch token := token.(type) {
		case json.Delim:
			if token == '{' {
				path = append(path, "")
			} else {
				return "" // the uid comes before anything is closed, or is a list
			}
		case string:
			if len(path) == 0 {
				return ""
			}
			last := &path[len(path)-1]
			switch {
			case *last == "":
				*last = token
			case len(path) == 2 && path[0] == "request" && *last == "uid":
				return types.UID(token)
			default:
				*last = ""
			}
		default:
			if len(path) == 0 {
				return ""
			}
			path[len(path)-1] = ""
		}
	}
}

// send writes the answer.
func (h *Handler) send(w http.ResponseWriter, uid types.UID, resp *admissionv1.AdmissionResponse) {
	resp.UID = uid
	w.Header().Set("Content-Type", "application/json")
	review := admissionv1.AdmissionReview{TypeMeta: reviewType(), Response: resp}
	if err := json.NewEncoder(w).Encode(&review); err != nil {
		h.Log.Warn("an answer could not be sent", zap.String("uid", string(uid)), zap.Error(err))
	}
}
