package node

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/kubernetes"
)

// sleepSeconds is how long a Pod of the tests goes on serving after it was asked to end.
const sleepSeconds = 3

// labels select the Pods of the application.
func labels(name string) map[string]string {
	return map[string]string{"app": name}
}

// helloPod returns a Pod that answers with text.
func helloPod(name, text string) corev1.PodTemplateSpec {
	port := intstr.FromInt32(8080)
	return corev1.PodTemplateSpec{
		ObjectMeta: metav1.ObjectMeta{Labels: labels(name)},
		Spec: corev1.PodSpec{Containers: []corev1.Container{{
			Name: "hello", Image: helloImage, ImagePullPolicy: corev1.PullNever,
			Args: []string{"-text=" + text},
			ReadinessProbe: &corev1.Probe{
				PeriodSeconds: 1,
				ProbeHandler:  corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: "/", Port: port}},
			},
			Lifecycle: &corev1.Lifecycle{PreStop: &corev1.LifecycleHandler{
				Sleep: &corev1.SleepAction{Seconds: sleepSeconds},
			}},
		}}},
	}
}

// deploy creates a Deployment and waits until its Pods are available.
func deploy(t *testing.T, client kubernetes.Interface, name string, replicas int32) {
	t.Helper()
	zero, one := intstr.FromInt32(0), intstr.FromInt32(1)
	deployment := &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: appsv1.DeploymentSpec{
			Replicas: &replicas,
			Selector: &metav1.LabelSelector{MatchLabels: labels(name)},
			Template: helloPod(name, "first"),
			Strategy: appsv1.DeploymentStrategy{
				RollingUpdate: &appsv1.RollingUpdateDeployment{MaxUnavailable: &zero, MaxSurge: &one},
			},
		},
	}
	if _, err := client.AppsV1().Deployments("default").Create(t.Context(), deployment, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	waitRolledOut(t, client, name)
}

// waitRolledOut waits until all Pods are of the newest template and available.
func waitRolledOut(t *testing.T, client kubernetes.Interface, name string) {
	t.Helper()
	waitFor(t, "the Deployment to be rolled out", func(ctx context.Context) error {
		d, err := client.AppsV1().Deployments("default").Get(ctx, name, metav1.GetOptions{})
		if err != nil {
			return err
		}
		s, want := d.Status, *d.Spec.Replicas
		if s.ObservedGeneration < d.Generation || s.UpdatedReplicas != want || s.AvailableReplicas != want || s.Replicas != want {
			return fmt.Errorf("of %d Pods %d are updated and %d available", want, s.UpdatedReplicas, s.AvailableReplicas)
		}
		return nil
	})
}

// pods lists the Pods of the Deployment hello.
func pods(t *testing.T, client kubernetes.Interface) []corev1.Pod {
	t.Helper()
	list, err := client.CoreV1().Pods("default").List(t.Context(), metav1.ListOptions{LabelSelector: "app=hello"})
	if err != nil {
		t.Fatal(err)
	}
	return list.Items
}

// get asks an application at an address for its text.
func get(ctx context.Context, address string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/", nil)
	if err != nil {
		return "", err
	}
	// A connection for each request: none may stick to a Pod that is gone.
	request.Close = true
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return strings.TrimSpace(string(body)), err
}

// checkAnswers checks that every Pod answers this machine with text.
func checkAnswers(t *testing.T, running []corev1.Pod, text string) {
	t.Helper()
	for _, pod := range running {
		if pod.DeletionTimestamp != nil {
			continue
		}
		if got, err := get(t.Context(), net.JoinHostPort(pod.Status.PodIP, "8080")); err != nil || got != text {
			t.Errorf("Pod %s says %q, %v; want %q", pod.Name, got, err, text)
		}
	}
}

func TestADeploymentRunsIsUpdatedAndDeleted(t *testing.T) {
	client := clientFor(t, cluster.RESTConfig())
	deployments := client.AppsV1().Deployments("default")
	deploy(t, client, "hello", 2)
	running := pods(t, client)
	if len(running) != 2 {
		t.Fatalf("%d Pods run, want 2", len(running))
	}
	checkAnswers(t, running, "first")

	d, err := deployments.Get(t.Context(), "hello", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	d.Spec.Template = helloPod("hello", "second")
	if _, err := deployments.Update(t.Context(), d, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	// A Pod that sleeps before it stops still serves those who have not heard of it.
	waitFor(t, "an ending Pod to answer", func(ctx context.Context) error {
		for _, pod := range pods(t, client) {
			if pod.DeletionTimestamp == nil {
				continue
			}
			if got, err := get(ctx, net.JoinHostPort(pod.Status.PodIP, "8080")); err == nil && got == "first" {
				return nil
			}
		}
		return errors.New("no Pod is ending and answers")
	})
	waitRolledOut(t, client, "hello")
	checkAnswers(t, pods(t, client), "second")

	if err := deployments.Delete(t.Context(), "hello", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the Pods to be gone", func(context.Context) error {
		if left := pods(t, client); len(left) > 0 {
			return fmt.Errorf("%d Pods are left", len(left))
		}
		return nil
	})
}
