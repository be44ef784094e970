not a Dockerfile
