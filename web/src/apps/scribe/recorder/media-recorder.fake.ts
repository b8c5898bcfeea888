/** A MediaRecorder whose test says when it has something. */
export class FakeMediaRecorder extends EventTarget {
  static made: FakeMediaRecorder[] = [];
  state: RecordingState = 'inactive';

  constructor() {
    super();
    FakeMediaRecorder.made.push(this);
  }

  give(text: string) {
    this.dispatchEvent(Object.assign(new Event('dataavailable'), { data: new Blob([text]) }));
  }

  requestData() {
    this.give('flushed');
  }

  start() {
    this.state = 'recording';
    this.dispatchEvent(new Event('start'));
  }

  pause() {
    this.state = 'paused';
  }

  resume() {
    this.state = 'recording';
  }

  stop() {
    this.state = 'inactive';
    queueMicrotask(() => {
      this.give('end');
      this.dispatchEvent(new Event('stop'));
    });
  }
}
