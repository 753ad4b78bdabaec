package manifest

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/rollguard/rollguard/pkg/capacity"
)

// Room is what the volume claims and quotas of a namespace leave to new Pods, as far as
// they are in the files.
func (s *Set) Room(namespace string) capacity.Room {
	if room := s.rooms[namespace]; room != nil {
		return *room
	}
	return capacity.Room{}
}

func (s *Set) addClaim(o *object) error {
	claim := new(corev1.PersistentVolumeClaim)
	if err := decode(o, claim); err != nil {
		return err
	}
	s.room(o.namespace).Claims[o.name] = capacity.OfClaim(claim)
	return nil
}

func (s *Set) addQuota(o *object) error {
	quota := new(corev1.ResourceQuota)
	if err := decode(o, quota); err != nil {
		return err
	}
	s.room(o.namespace).Quotas[o.name] = capacity.OfQuota(quota)
	return nil
}

func (s *Set) room(namespace string) *capacity.Room {
	if s.rooms[namespace] == nil {
		s.rooms[namespace] = &capacity.Room{Claims: map[string]capacity.Sharing{}, Quotas: map[string]capacity.Quota{}}
	}
	return s.rooms[namespace]
}
