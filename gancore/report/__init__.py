"""What leaves the app: images and TensorBoard logs of stored runs."""
