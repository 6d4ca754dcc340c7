"""Exported files, run by their own runtimes."""


def open_savedmodel(path):
    """Return a SavedModel as a function from array to array."""
    import tensorflow as tf

    found = tf.saved_model.load(str(path))

    def call(x):
        texts = x.dtype == object
        given = tf.constant(x, tf.string) if texts else tf.constant(x)
        return found.serve(given).numpy()

    return call


def open_onnx(path):
    """Return an ONNX file as a function from array to array.

    Raises:
        ValueError: For a file with other inputs than the model's one.
    """
    import onnxruntime

    session = onnxruntime.InferenceSession(
        str(path), providers=["CPUExecutionProvider"]
    )
    names = [each.name for each in session.get_inputs()]
    if len(names) != 1:
        raise ValueError(
            "constants of these operations have become inputs of the file: "
            f"{', '.join(names[1:])}"
        )
    return lambda x: session.run(None, {names[0]: x})[0]


def open_litert(path):
    """Return a LiteRT file as a function from array to array."""
    import tensorflow as tf

    interpreter = tf.lite.Interpreter(model_path=str(path))

    def call(x):
        given = interpreter.get_input_details()[0]["index"]
        interpreter.resize_tensor_input(given, x.shape)
        interpreter.allocate_tensors()
        interpreter.set_tensor(given, x)
        interpreter.invoke()
        result = interpreter.get_output_details()[0]["index"]
        return interpreter.get_tensor(result)

    return call


OPEN = {
    "savedmodel": open_savedmodel,
    "onnx": open_onnx,
    "litert": open_litert,
}
