// The course's own operations on the processor: group normalisation with SiLU, and what else of a network's training
// passes over large tensors element by element. TensorFlow computes each of these by a chain of operations, and every
// link of the chain reads and writes the whole tensor, so memory is what limits it. Here each tensor is read and
// written as few times as possible.
//
// They are registered with TensorFlow through its C interface when this addon is loaded, and then work eagerly and in
// graphs. Channels come last. Large tensors are float or bfloat16; parameters, statistics and all arithmetic are float
// (sums over many values double).
//
// Group normalisation (Wu & He 2018, equations 1, 2 and 6): within one sample and one group of channels, N values,
//   h = (x - mean) * rstd,  rstd = 1 / sqrt(variance + epsilon),  z = h * scale + offset,  y = z or z * sigmoid(z).
// Backwards, with g = dL/dz:
//   doffset = sum g,  dscale = sum g * h  (over samples and positions),
//   dx = rstd * (g * scale - mean(g * scale) - h * mean(g * scale * h))  (means over the N values of the group).
//
// Results do not depend on the number of threads: work is cut into blocks by the tensor's shape alone, each block's
// sums are stored apart, and they are added in the blocks' order.
#include <dlfcn.h>
#include <node_api.h>
#include <tensorflow/c/ops.h>
#include <tensorflow/c/tf_datatype.h>
#include <tensorflow/c/tf_status.h>
#include <tensorflow/c/tf_tensor.h>
#ifdef __linux__
#include <sched.h>
#endif

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <exception>
#include <functional>
#include <iterator>
#include <memory>
#include <mutex>
#include <new>
#include <stdexcept>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

// tensorflow/c/kernels.h includes headers from outside of the C interface, which set-up does not unpack. What is used
// of it here:
extern "C" {
struct TF_KernelBuilder;
struct TF_OpKernelConstruction;
struct TF_OpKernelContext;
TF_KernelBuilder* TF_NewKernelBuilder(const char* op, const char* device, void* (*create)(TF_OpKernelConstruction*),
                                      void (*compute)(void*, TF_OpKernelContext*), void (*remove)(void*));
void TF_KernelBuilder_TypeConstraint(TF_KernelBuilder*, const char* attribute, TF_DataType, TF_Status*);
void TF_RegisterKernelBuilder(const char* name, TF_KernelBuilder*, TF_Status*);
void TF_OpKernelConstruction_GetAttrInt32(TF_OpKernelConstruction*, const char* name, int32_t*, TF_Status*);
void TF_OpKernelConstruction_GetAttrFloat(TF_OpKernelConstruction*, const char* name, float*, TF_Status*);
void TF_OpKernelConstruction_GetAttrBool(TF_OpKernelConstruction*, const char* name, unsigned char*, TF_Status*);
void TF_OpKernelConstruction_Failure(TF_OpKernelConstruction*, TF_Status*);
void TF_OpKernelContext_Failure(TF_OpKernelContext*, TF_Status*);
void TF_GetInput(TF_OpKernelContext*, int index, TF_Tensor**, TF_Status*);
TF_Tensor* TF_AllocateOutput(TF_OpKernelContext*, int index, TF_DataType, const int64_t* dims, int rank, size_t bytes,
                             TF_Status*);
}

namespace {

// ---------------------------------------------------------------------------------------------------------------------
// Vectors of the compiler's own kind, as wide as the processor's registers: the same source for every processor.

#define INLINE inline __attribute__((always_inline))

struct bfloat16 {
  uint16_t bits;
};

template <class T>
constexpr TF_DataType dataType = std::is_same<T, float>::value ? TF_FLOAT : TF_BFLOAT16;

template <int N>
struct Lanes {
  typedef float Floats __attribute__((vector_size(4 * N)));
  typedef uint32_t Words __attribute__((vector_size(4 * N)));
};
template <>
struct Lanes<1> {  // for the channels that fill no vector
  typedef float Floats;
  typedef uint32_t Words;
};
template <int N>
using Vector = typename Lanes<N>::Floats;
template <int N>
using Words = typename Lanes<N>::Words;

template <class To, class From>
INLINE To bitCast(const From& from) {
  static_assert(sizeof(To) == sizeof(From), "a bit cast keeps the size");
  To to;
  std::memcpy(&to, &from, sizeof to);
  return to;
}

template <class To, class From>
INLINE To read(const From* from) {
  To to;
  std::memcpy(&to, from, sizeof to);
  return to;
}

// W numbers in two vectors. Of bfloat16s, two lie in each word: the first vector takes those at even places, which are
// the words' lower halves (all our processors are little-endian), the second those at odd ones. So none has to be moved
// to another lane.
template <int W>
struct Two {
  static constexpr int half = W / 2;
  Vector<half> a, b;
};
template <int W>
using Floats = typename std::conditional<W == 1, float, Two<W>>::type;

template <int W>
INLINE Two<W> operator+(Two<W> x, Two<W> y) {
  return {x.a + y.a, x.b + y.b};
}
template <int W>
INLINE Two<W> operator-(Two<W> x, Two<W> y) {
  return {x.a - y.a, x.b - y.b};
}
template <int W>
INLINE Two<W> operator*(Two<W> x, Two<W> y) {
  return {x.a * y.a, x.b * y.b};
}
template <int W>
INLINE Two<W> operator/(Two<W> x, float y) {
  return {x.a / y, x.b / y};
}

template <int W>
INLINE Floats<W> load(const float* from) {
  if constexpr (W == 1) {
    return *from;
  } else {
    using V = Vector<W / 2>;
    return {read<V>(from), read<V>(from + W / 2)};
  }
}

// A bfloat16 is the upper half of a float.
template <int W>
INLINE Floats<W> load(const bfloat16* from) {
  if constexpr (W == 1) {
    return bitCast<float>(static_cast<uint32_t>(from->bits) << 16);
  } else {
    using V = Vector<W / 2>;
    const auto words = read<Words<W / 2>>(from);
    return {bitCast<V>(words << 16), bitCast<V>(words & 0xffff0000u)};
  }
}

template <int W>
INLINE void store(float* to, Floats<W> values) {
  std::memcpy(to, &values, sizeof values);
}

// The nearest bfloat16, halves to even, in each word's upper half; rounding must not turn a NaN into infinity.
template <int N>
INLINE Words<N> rounded(Vector<N> values) {
  const Words<N> bits = bitCast<Words<N>>(values);
  const Words<N> nearest = bits + 0x7fff + ((bits >> 16) & 1);
  return values != values ? bits | 0x400000 : nearest;
}

template <int W>
INLINE void store(bfloat16* to, Floats<W> values) {
  if constexpr (W == 1) {
    to->bits = static_cast<uint16_t>(rounded<1>(values) >> 16);
  } else {
    const auto words = (rounded<W / 2>(values.a) >> 16) | (rounded<W / 2>(values.b) & 0xffff0000u);
    std::memcpy(to, &words, sizeof words);
  }
}

// Parameters or sums of W channels, in the order in which `load` gives a T's values.
template <class T, int W>
INLINE Floats<W> loadChannels(const float* from) {
  if constexpr (W == 1 || std::is_same<T, float>::value) {
    return load<W>(from);
  } else {
    float sorted[W];
    for (int i = 0; i < W; i++) sorted[i % 2 * (W / 2) + i / 2] = from[i];
    return load<W>(sorted);
  }
}

template <class T, int W>
INLINE void storeChannels(float* to, Floats<W> values) {
  if constexpr (W == 1 || std::is_same<T, float>::value) {
    store<W>(to, values);
  } else {
    float sorted[W];
    store<W>(sorted, values);
    for (int i = 0; i < W; i++) to[i] = sorted[i % 2 * (W / 2) + i / 2];
  }
}

// e^t to about 1e-7 for t from -87 to 88; zero or infinity, to float precision, beyond; NaN for NaN.
// t = k ln 2 + r, and a polynomial (Cephes, expf) for e^r.
template <int N>
INLINE Vector<N> exponential(Vector<N> t) {
  using V = Vector<N>;
  const V low = V{} - 87.0f, high = V{} + 89.0f;
  t = t < low ? low : t;
  t = t > high ? high : t;
  const float magic = 12582912.0f;  // 1.5 * 2^23: a sum with it is rounded to an integer, kept in its lowest bits
  const V shifted = t * 1.44269504f + magic;
  const V k = shifted - magic;
  const V r = (t - k * 0.693359375f) + k * 2.12194440e-4f;
  V p = r * 1.9875691500e-4f + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * (r * r) + (r + 1.0f);
  return p * bitCast<V>((bitCast<Words<N>>(shifted) + 127) << 23);  // k = 128 makes infinity
}

template <int N>
INLINE Vector<N> siluOf(Vector<N> z) {
  return z / (1.0f + exponential<N>(-z));
}

template <int N>
INLINE Vector<N> siluSlopeOf(Vector<N> z) {
  const Vector<N> s = 1.0f / (1.0f + exponential<N>(-z));
  return s * (1.0f + z * (1.0f - s));
}

template <int W>
INLINE Floats<W> silu(Floats<W> z) {
  if constexpr (W == 1) {
    return siluOf<1>(z);
  } else {
    return {siluOf<W / 2>(z.a), siluOf<W / 2>(z.b)};
  }
}

template <int W>
INLINE Floats<W> siluSlope(Floats<W> z) {
  if constexpr (W == 1) {
    return siluSlopeOf<1>(z);
  } else {
    return {siluSlopeOf<W / 2>(z.a), siluSlopeOf<W / 2>(z.b)};
  }
}

// Calls f(width, first) for pieces of 0..count-1: as many as possible of W, the rest of narrower ones.
template <int W, class F>
INLINE void forPieces(int64_t count, F f, int64_t first = 0) {
  for (; first + W <= count; first += W) f(std::integral_constant<int, W>(), first);
  if constexpr (W > 1) forPieces<(W > 8 ? 8 : 1)>(count, f, first);
}

// ---------------------------------------------------------------------------------------------------------------------
// The inner loops. Each is compiled for several processors (`run`), and gets all it needs in one struct.

// Sums over the rows of a block, for each channel. So that a large mean does not drown the deviations, these are taken
// from the block's own mean; the second reading finds the block in the nearest cache.
template <class T>
struct Statistics {
  const T* x;
  int64_t rows, c;
  float *centre, *sum, *squares;  // [c]; the block's rounded mean, and sums of x - centre and its square

  template <int W>
  INLINE void run() const {
    forPieces<W>(c, [&](auto width, int64_t i) __attribute__((always_inline)) {
      constexpr int w = decltype(width)::value;
      const T* p = x + i;
      Floats<w> total = {};
      for (int64_t r = 0; r < rows; r++) total = total + load<w>(p + r * c);
      const Floats<w> mean = total / static_cast<float>(rows);
      Floats<w> s = {}, q = {};
      for (int64_t r = 0; r < rows; r++) {
        const Floats<w> d = load<w>(p + r * c) - mean;
        s = s + d;
        q = q + d * d;
      }
      storeChannels<T, w>(centre + i, mean);
      storeChannels<T, w>(sum + i, s);
      storeChannels<T, w>(squares + i, q);
    });
  }
};

// Coefficients of one sample, an array of c for each: z = (x - mean) * a + offset and, backwards,
// dx = g * a + (x - mean) * slope + constant.
struct Coefficients {
  const float *mean, *a, *offset, *slope, *constant;
};

template <class T, bool Silu>
struct Normalise {
  const T* x;
  T* y;
  int64_t rows, c;
  Coefficients k;

  template <int W>
  INLINE void run() const {
    forPieces<W>(c, [&](auto width, int64_t i) __attribute__((always_inline)) {
      constexpr int w = decltype(width)::value;
      const auto mean = loadChannels<T, w>(k.mean + i), a = loadChannels<T, w>(k.a + i);
      const auto offset = loadChannels<T, w>(k.offset + i);
      const T* from = x + i;
      T* to = y + i;
      for (int64_t r = 0; r < rows; r++, from += c, to += c) {
        const Floats<w> z = (load<w>(from) - mean) * a + offset;
        store<w>(to, Silu ? silu<w>(z) : z);
      }
    });
  }
};

// g = dL/dz, from dL/dy and z.
template <int W, bool Silu>
INLINE Floats<W> innerGradient(Floats<W> dy, Floats<W> z) {
  return Silu ? dy * siluSlope<W>(z) : dy;
}

// Over the rows of a block: the sums of g and of g * (x - mean). Keeps g, an exponential's work, where there is room.
template <class T, bool Silu, bool Keep>
struct GradientSums {
  const T *dy, *x;
  int64_t rows, c;
  Coefficients k;
  float *sum, *product;  // [c]
  float* kept;           // [rows, c]

  template <int W>
  INLINE void run() const {
    forPieces<W>(c, [&](auto width, int64_t i) __attribute__((always_inline)) {
      constexpr int w = decltype(width)::value;
      const auto mean = loadChannels<T, w>(k.mean + i), a = loadChannels<T, w>(k.a + i);
      const auto offset = loadChannels<T, w>(k.offset + i);
      Floats<w> s = {}, q = {};
      int64_t at = i;
      for (int64_t r = 0; r < rows; r++, at += c) {
        const Floats<w> d = load<w>(x + at) - mean;
        const Floats<w> g = innerGradient<w, Silu>(load<w>(dy + at), d * a + offset);
        if (Keep) store<w>(kept + at, g);
        s = s + g;
        q = q + g * d;
      }
      storeChannels<T, w>(sum + i, s);
      storeChannels<T, w>(product + i, q);
    });
  }
};

// From dy, or (with Silu false) from g.
template <class T, bool Silu, class Dy>
struct InputGradient {
  const Dy* dy;
  const T* x;
  T* dx;
  int64_t rows, c;
  Coefficients k;

  template <int W>
  INLINE void run() const {
    forPieces<W>(c, [&](auto width, int64_t i) __attribute__((always_inline)) {
      constexpr int w = decltype(width)::value;
      const auto mean = loadChannels<T, w>(k.mean + i), a = loadChannels<T, w>(k.a + i);
      const auto offset = loadChannels<T, w>(k.offset + i);
      const auto slope = loadChannels<T, w>(k.slope + i), constant = loadChannels<T, w>(k.constant + i);
      int64_t at = i;
      for (int64_t r = 0; r < rows; r++, at += c) {
        const Floats<w> d = load<w>(x + at) - mean;
        const Floats<w> g = innerGradient<w, Silu>(load<w>(dy + at), d * a + offset);
        store<w>(dx + at, g * a + d * slope + constant);
      }
    });
  }
};

template <class T>
struct ColumnSums {
  const T* x;
  int64_t rows, c;
  float* sum;  // [c]

  template <int W>
  INLINE void run() const {
    forPieces<W>(c, [&](auto width, int64_t i) __attribute__((always_inline)) {
      constexpr int w = decltype(width)::value;
      Floats<w> s = {};
      for (int64_t r = 0; r < rows; r++) s = s + load<w>(x + r * c + i);
      storeChannels<T, w>(sum + i, s);
    });
  }
};

// y = f(a, b), element by element.
template <class T, class F>
struct Elementwise {
  const T *a, *b;
  T* y;
  int64_t count;

  template <int W>
  INLINE void run() const {
    forPieces<W>(count, [&](auto width, int64_t i) __attribute__((always_inline)) {
      constexpr int w = decltype(width)::value;
      store<w>(y + i, F::template of<w>(load<w>(a + i), load<w>(b + i)));
    });
  }
};

struct Silu {
  template <int W>
  static INLINE Floats<W> of(Floats<W> x, Floats<W>) {
    return silu<W>(x);
  }
};
struct SiluGradient {
  template <int W>
  static INLINE Floats<W> of(Floats<W> dy, Floats<W> x) {
    return dy * siluSlope<W>(x);
  }
};
struct Sum {
  template <int W>
  static INLINE Floats<W> of(Floats<W> a, Floats<W> b) {
    return a + b;
  }
};

// The course's folder may be shared by several machines: the processor is asked, not the compiler.
#ifdef __x86_64__
template <class Loop>
__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma"))) void runAvx512(const Loop& loop) {
  loop.template run<32>();
}
template <class Loop>
__attribute__((target("avx2,fma"))) void runAvx2(const Loop& loop) {
  loop.template run<16>();
}
#endif
template <class Loop>
void runPlain(const Loop& loop) {
  loop.template run<8>();
}

enum class Processor { plain, avx2, avx512 };

Processor thisProcessor() {
#ifdef __x86_64__
  __builtin_cpu_init();
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
  if (avx2) return avx512 ? Processor::avx512 : Processor::avx2;
#endif
  return Processor::plain;
}

template <class Loop>
void run(const Loop& loop) {
#ifdef __x86_64__
  static const Processor processor = thisProcessor();
  if (processor == Processor::avx512) return runAvx512(loop);
  if (processor == Processor::avx2) return runAvx2(loop);
#endif
  runPlain(loop);
}

// ---------------------------------------------------------------------------------------------------------------------
// Threads. TensorFlow's own are out of reach of its C interface.

// As many as TensorFlow uses: what its variable says, else the processors that this process may use.
int threadCount() {
  const char* wish = std::getenv("TF_NUM_INTRAOP_THREADS");
  if (wish != nullptr && std::atoi(wish) > 0) return std::min(std::atoi(wish), 256);
#ifdef __linux__
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) return std::max(1, CPU_COUNT(&allowed));
#endif
  return std::max(1u, std::thread::hardware_concurrency());
}

// Threads that help whoever calls `parallel`. Several may call at once.
class Helpers {
 public:
  const int threads = threadCount();

  // Runs body(0), ..., body(count - 1), in any order, and returns when all have ended. The body must not throw.
  void parallel(int64_t count, const std::function<void(int64_t)>& body) {
    Job job{&body, count, 0, {count}};
    {
      std::unique_lock<std::mutex> lock(mutex);
      jobs.push_back(&job);
      waiting.store(true, std::memory_order_relaxed);
      start();
      wake.notify_all();
      while (job.next < job.count) work(job, lock);
    }
    // The pieces that others still work on are short.
    if (spin([&] { return job.unfinished.load(std::memory_order_acquire) == 0; })) return;
    std::unique_lock<std::mutex> lock(mutex);
    ended.wait(lock, [&] { return job.unfinished.load(std::memory_order_acquire) == 0; });
  }

 private:
  struct Job {
    const std::function<void(int64_t)>* body;
    int64_t count, next;
    std::atomic<int64_t> unfinished;
  };

  // Takes the job's next piece and does it. The job is gone as soon as its last piece is counted.
  void work(Job& job, std::unique_lock<std::mutex>& lock) {
    const int64_t piece = job.next++;
    if (job.next == job.count) jobs.erase(std::find(jobs.begin(), jobs.end(), &job));
    waiting.store(!jobs.empty(), std::memory_order_relaxed);
    lock.unlock();
    (*job.body)(piece);
    const bool last = job.unfinished.fetch_sub(1, std::memory_order_acq_rel) == 1;
    lock.lock();
    if (last) ended.notify_all();
  }

  // Not before they are needed: most programs that import the library train nothing.
  void start() {
    if (started) return;
    started = true;
    for (int i = 1; i < threads; i++) {
      std::thread([this] {
        std::unique_lock<std::mutex> lock(mutex);
        for (;;) {
          if (jobs.empty()) {  // to sleep and be woken takes longer than many a pause between two operations
            lock.unlock();
            spin([this] { return waiting.load(std::memory_order_relaxed); });
            lock.lock();
            wake.wait(lock, [this] { return !jobs.empty(); });
          }
          work(*jobs.front(), lock);
        }
      }).detach();
    }
  }

  // Waits a short time without sleeping, and lets other threads go first. Whether the condition came true.
  template <class Condition>
  static bool spin(const Condition& condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::microseconds(50);
    while (!condition()) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::yield();
    }
    return true;
  }

  std::mutex mutex;
  std::condition_variable wake, ended;
  std::deque<Job*> jobs;  // those with pieces that nobody has taken
  std::atomic<bool> waiting{false};  // whether there are any
  bool started = false;
};

// Never deleted: the threads sleep in it until the process has ended.
Helpers& helpers() {
  static Helpers* const all = new Helpers;
  return *all;
}

// Runs body(first, last) on ranges that together make 0..count-1; `size` is how many elements one of them works on.
template <class Body>
void parallelFor(int64_t count, int64_t size, const Body& body) {
  constexpr int64_t worthwhile = 16384;  // some microseconds: what it takes to wake a thread
  const int threads = helpers().threads;
  const int64_t smallest = std::max<int64_t>(1, worthwhile / std::max<int64_t>(1, size));
  // Several pieces for each thread, since another program may slow one of them down.
  const int64_t pieces = std::min((count + smallest - 1) / smallest, int64_t{4} * threads);
  if (pieces <= 1 || threads == 1) {
    if (count > 0) body(0, count);
    return;
  }
  helpers().parallel(pieces, [&](int64_t i) { body(count * i / pieces, count * (i + 1) / pieces); });
}

// ---------------------------------------------------------------------------------------------------------------------
// TensorFlow's tensors, errors and attributes.

class Status {
 public:
  Status() : status(TF_NewStatus()) {}
  ~Status() { TF_DeleteStatus(status); }
  Status(const Status&) = delete;
  operator TF_Status*() const { return status; }
  void check() const {
    if (TF_GetCode(status) != TF_OK) throw std::runtime_error(TF_Message(status));
  }
  TF_Status* invalid(const std::string& why) const {
    TF_SetStatus(status, TF_INVALID_ARGUMENT, why.c_str());
    return status;
  }

 private:
  TF_Status* const status;
};

void require(bool condition, const char* otherwise) {
  if (!condition) throw std::runtime_error(otherwise);
}

using Shape = std::vector<int64_t>;

int64_t product(const Shape& shape) {
  int64_t all = 1;
  for (const int64_t size : shape) all *= size;
  return all;
}

struct Tensor {
  std::unique_ptr<TF_Tensor, void (*)(TF_Tensor*)> tensor;
  Shape shape;

  explicit Tensor(TF_Tensor* of) : tensor(of, TF_DeleteTensor) {
    for (int i = 0; i < TF_NumDims(of); i++) shape.push_back(TF_Dim(of, i));
  }
  int64_t count() const { return product(shape); }
  template <class T>
  T* data() const {
    return static_cast<T*>(TF_TensorData(tensor.get()));
  }
};

// What a kernel sees while it computes.
class Context {
 public:
  explicit Context(TF_OpKernelContext* of) : context(of) {}

  Tensor input(int index) const {
    Status status;
    TF_Tensor* tensor = nullptr;
    TF_GetInput(context, index, &tensor, status);
    status.check();
    return Tensor(tensor);
  }
  template <class T>
  Tensor output(int index, const Shape& shape) const {
    Status status;
    TF_Tensor* tensor = TF_AllocateOutput(context, index, dataType<T>, shape.data(), static_cast<int>(shape.size()),
                                          product(shape) * sizeof(T), status);
    status.check();
    return Tensor(tensor);
  }

 private:
  TF_OpKernelContext* const context;
};

// An operation's attributes, those that it has.
struct Attributes {
  int32_t groups = 0;
  float epsilon = 0;
  bool silu = false;
};

// ---------------------------------------------------------------------------------------------------------------------
// Group normalisation.

std::unique_ptr<float[]> floats(int64_t count) { return std::unique_ptr<float[]>(new float[count]); }

// How a tensor [b, ..., c] is cut: each sample's n rows into blocks that the nearest cache holds.
struct Blocks {
  int64_t b, n, c, rows, perSample;

  static Blocks of(const Shape& shape) {
    Blocks s;
    s.b = shape.front();
    s.c = shape.back();
    s.n = 1;
    for (size_t i = 1; i + 1 < shape.size(); i++) s.n *= shape[i];
    s.rows = std::min<int64_t>(256, std::max<int64_t>(1, 8192 / std::max<int64_t>(1, s.c)));
    s.perSample = (s.n + s.rows - 1) / s.rows;
    return s;
  }
  int64_t rowsOf(int64_t block) const { return std::min(rows, n - block * rows); }
  int64_t start(int64_t sample, int64_t block) const { return (sample * n + block * rows) * c; }
};

// First `sums(sample, block, room)` for all blocks of a sample, then `combine(sample)`, then
// `apply(sample, block, room)` for all. With samples enough for all threads, one thread does all of a sample, and may
// find it in its cache again. `room` for a sample's floats exists only then, if it is wanted and there is memory;
// results must not depend on it.
template <class Sums, class Combine, class Apply>
void forSamples(const Blocks& s, bool wantsRoom, const Sums& sums, const Combine& combine, const Apply& apply) {
  if (s.b >= 4 * helpers().threads) {
    parallelFor(s.b, s.n * s.c, [&](int64_t first, int64_t last) {
      const std::unique_ptr<float[]> room(wantsRoom ? new (std::nothrow) float[s.n * s.c] : nullptr);
      for (int64_t sample = first; sample < last; sample++) {
        for (int64_t block = 0; block < s.perSample; block++) sums(sample, block, room.get());
        combine(sample);
        for (int64_t block = 0; block < s.perSample; block++) apply(sample, block, room.get());
      }
    });
    return;
  }
  const auto blocks = [&](const auto& f) {
    parallelFor(s.b * s.perSample, s.rows * s.c, [&](int64_t first, int64_t last) {
      for (int64_t i = first; i < last; i++) f(i / s.perSample, i % s.perSample, nullptr);
    });
  };
  blocks(sums);
  for (int64_t sample = 0; sample < s.b; sample++) combine(sample);
  blocks(apply);
}

// Where a block's g is kept: float gradients fit in the place of dx, which is written after them.
template <class T>
constexpr bool alwaysRoom = std::is_same<T, float>::value;
float* roomFor(float* dx, float*, int64_t) { return dx; }
float* roomFor(bfloat16*, float* room, int64_t start) { return room == nullptr ? nullptr : room + start; }

// Mean and variance of one group from the blocks' sums; `sums` is [blocks, 3, c] of the sample.
void groupStatistics(const Blocks& s, const float* sums, int64_t first, int64_t last, float epsilon, float* meanOut,
                     float* rstdOut) {
  const double count = static_cast<double>(s.n) * (last - first);
  double mean = 0, squares = 0;
  for (int64_t block = 0; block < s.perSample; block++) {
    const float *centre = sums + block * 3 * s.c, *sum = centre + s.c;
    for (int64_t i = first; i < last; i++) mean += static_cast<double>(s.rowsOf(block)) * centre[i] + sum[i];
  }
  mean /= std::max(1.0, count);
  for (int64_t block = 0; block < s.perSample; block++) {
    const float *centre = sums + block * 3 * s.c, *sum = centre + s.c, *square = sum + s.c;
    for (int64_t i = first; i < last; i++) {
      const double d = centre[i] - mean;  // sum of (x - centre + d)^2
      squares += square[i] + 2 * d * sum[i] + d * d * s.rowsOf(block);
    }
  }
  // Infinite values make NaN here, as they should; only what rounding has made negative becomes zero.
  const double variance = squares / std::max(1.0, count);
  *meanOut = static_cast<float>(mean);
  *rstdOut = static_cast<float>(1 / std::sqrt((variance < 0 ? 0 : variance) + epsilon));
}

void checkNormalised(const Shape& x, const Shape& scale, const Shape& offset, int32_t groups) {
  require(x.size() >= 2, "x must have at least two axes: samples first, channels last");
  require(groups >= 1 && x.back() % groups == 0, "the number of channels must be a multiple of groups");
  require(scale == Shape{x.back()}, "scale must have one value for each channel");
  require(offset == Shape{x.back()}, "offset must have one value for each channel");
}

// Fills mean and a of the coefficients, each [c], for one sample.
void spread(const Blocks& s, int64_t groups, const float* mean, const float* rstd, const float* scale, float* means,
            float* a) {
  const int64_t each = s.c / groups;
  for (int64_t i = 0; i < s.c; i++) {
    means[i] = mean[i / each];
    a[i] = rstd[i / each] * scale[i];
  }
}

template <class T>
void groupNorm(const Context& context, const Attributes& attributes) {
  const Tensor x = context.input(0), scale = context.input(1), offset = context.input(2);
  const int64_t groups = attributes.groups;
  checkNormalised(x.shape, scale.shape, offset.shape, attributes.groups);
  const Blocks s = Blocks::of(x.shape);
  const Tensor y = context.output<T>(0, x.shape);
  const Tensor mean = context.output<float>(1, {s.b, groups}), rstd = context.output<float>(2, {s.b, groups});
  const auto sums = floats(s.b * s.perSample * 3 * s.c), coefficients = floats(s.b * 2 * s.c);

  const auto statistics = [&](int64_t sample, int64_t block, float*) {
    float* into = sums.get() + (sample * s.perSample + block) * 3 * s.c;
    const T* from = x.data<T>() + s.start(sample, block);
    run(Statistics<T>{from, s.rowsOf(block), s.c, into, into + s.c, into + 2 * s.c});
  };
  const auto combine = [&](int64_t sample) {
    float *means = mean.data<float>() + sample * groups, *rstds = rstd.data<float>() + sample * groups;
    const float* from = sums.get() + sample * s.perSample * 3 * s.c;
    const int64_t each = s.c / groups;
    for (int64_t g = 0; g < groups; g++) {
      groupStatistics(s, from, g * each, (g + 1) * each, attributes.epsilon, means + g, rstds + g);
    }
    float* into = coefficients.get() + sample * 2 * s.c;
    spread(s, groups, means, rstds, scale.data<float>(), into, into + s.c);
  };
  const auto apply = [&](int64_t sample, int64_t block, float*) {
    const float* of = coefficients.get() + sample * 2 * s.c;
    const Coefficients k{of, of + s.c, offset.data<float>(), nullptr, nullptr};
    const int64_t start = s.start(sample, block), rows = s.rowsOf(block);
    const T* from = x.data<T>() + start;
    T* to = y.data<T>() + start;
    if (attributes.silu) {
      run(Normalise<T, true>{from, to, rows, s.c, k});
    } else {
      run(Normalise<T, false>{from, to, rows, s.c, k});
    }
  };
  forSamples(s, false, statistics, combine, apply);
}

template <class T, bool Silu>
void groupNormGradient(const Context& context, int64_t groups) {
  const Tensor dy = context.input(0), x = context.input(1), scale = context.input(2), offset = context.input(3),
               mean = context.input(4), rstd = context.input(5);
  checkNormalised(x.shape, scale.shape, offset.shape, static_cast<int32_t>(groups));
  require(dy.shape == x.shape, "dy must have the shape of x");
  const Blocks s = Blocks::of(x.shape);
  require(mean.shape == Shape{s.b, groups} && rstd.shape == mean.shape, "mean and rstd must be [samples, groups]");
  const Tensor dx = context.output<T>(0, x.shape);
  const Tensor dscale = context.output<float>(1, {s.c}), doffset = context.output<float>(2, {s.c});
  const auto blockSums = floats(s.b * s.perSample * 2 * s.c), coefficients = floats(s.b * 4 * s.c);
  std::vector<double> sampleSums(s.b * 2 * s.c);

  const auto of = [&](int64_t sample) {
    const float* k = coefficients.get() + sample * 4 * s.c;
    return Coefficients{k, k + s.c, offset.data<float>(), k + 2 * s.c, k + 3 * s.c};
  };
  const auto sums = [&](int64_t sample, int64_t block, float* room) {
    const int64_t start = s.start(sample, block), rows = s.rowsOf(block);
    const T *dyBlock = dy.data<T>() + start, *xBlock = x.data<T>() + start;
    float* into = blockSums.get() + (sample * s.perSample + block) * 2 * s.c;
    float* kept = roomFor(dx.data<T>() + start, room, block * s.rows * s.c);
    const auto go = [&](auto keep) {
      run(GradientSums<T, Silu, keep.value>{dyBlock, xBlock, rows, s.c, of(sample), into, into + s.c, kept});
    };
    if constexpr (!Silu) {
      go(std::false_type());
    } else if constexpr (alwaysRoom<T>) {
      go(std::true_type());
    } else {
      kept != nullptr ? go(std::true_type()) : go(std::false_type());
    }
  };
  const auto combine = [&](int64_t sample) {
    double *sum = sampleSums.data() + sample * 2 * s.c, *product = sum + s.c;
    for (int64_t block = 0; block < s.perSample; block++) {
      const float* from = blockSums.get() + (sample * s.perSample + block) * 2 * s.c;
      for (int64_t i = 0; i < 2 * s.c; i++) sum[i] += from[i];
    }
    const int64_t each = s.c / groups;
    const double count = std::max(1.0, static_cast<double>(s.n) * each);
    float* k = coefficients.get() + sample * 4 * s.c;
    for (int64_t g = 0; g < groups; g++) {
      const double r = rstd.data<float>()[sample * groups + g];
      double first = 0, second = 0;
      for (int64_t i = g * each; i < (g + 1) * each; i++) {
        product[i] *= r;  // now the sum of g * h
        first += sum[i] * scale.data<float>()[i];
        second += product[i] * scale.data<float>()[i];
      }
      std::fill_n(k + 2 * s.c + g * each, each, static_cast<float>(-r * r * second / count));
      std::fill_n(k + 3 * s.c + g * each, each, static_cast<float>(-r * first / count));
    }
  };
  const auto apply = [&](int64_t sample, int64_t block, float* room) {
    const int64_t start = s.start(sample, block), rows = s.rowsOf(block);
    const T* xBlock = x.data<T>() + start;
    T* to = dx.data<T>() + start;
    const float* kept = roomFor(to, room, block * s.rows * s.c);
    const auto fromDy = [&] {
      run(InputGradient<T, Silu, T>{dy.data<T>() + start, xBlock, to, rows, s.c, of(sample)});
    };
    const auto fromKept = [&] { run(InputGradient<T, false, float>{kept, xBlock, to, rows, s.c, of(sample)}); };
    if constexpr (!Silu) {
      fromDy();
    } else if constexpr (alwaysRoom<T>) {
      fromKept();
    } else {
      kept != nullptr ? fromKept() : fromDy();
    }
  };
  for (int64_t sample = 0; sample < s.b; sample++) {
    float* k = coefficients.get() + sample * 4 * s.c;
    spread(s, groups, mean.data<float>() + sample * groups, rstd.data<float>() + sample * groups, scale.data<float>(),
           k, k + s.c);
  }
  forSamples(s, Silu && !alwaysRoom<T>, sums, combine, apply);
  for (int64_t i = 0; i < s.c; i++) {
    double sum = 0, product = 0;
    for (int64_t sample = 0; sample < s.b; sample++) {
      sum += sampleSums[sample * 2 * s.c + i];
      product += sampleSums[(sample * 2 + 1) * s.c + i];
    }
    doffset.data<float>()[i] = static_cast<float>(sum);
    dscale.data<float>()[i] = static_cast<float>(product);
  }
}

template <class T>
void groupNormGradient(const Context& context, const Attributes& attributes) {
  if (attributes.silu) {
    groupNormGradient<T, true>(context, attributes.groups);
  } else {
    groupNormGradient<T, false>(context, attributes.groups);
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// The other operations.

template <class T>
void biasGradient(const Context& context, const Attributes&) {
  const Tensor dy = context.input(0);
  require(dy.shape.size() >= 1, "dy must have an axis of channels");
  const int64_t c = dy.shape.back();
  Shape one = dy.shape;
  one.insert(one.begin(), 1);
  const Blocks s = Blocks::of(one);
  const Tensor sum = context.output<float>(0, {c});
  const auto partial = floats(s.perSample * c);
  parallelFor(s.perSample, s.rows * c, [&](int64_t first, int64_t last) {
    for (int64_t block = first; block < last; block++) {
      run(ColumnSums<T>{dy.data<T>() + s.start(0, block), s.rowsOf(block), c, partial.get() + block * c});
    }
  });
  std::vector<double> total(c);
  for (int64_t block = 0; block < s.perSample; block++) {
    for (int64_t i = 0; i < c; i++) total[i] += partial[block * c + i];
  }
  std::copy(total.begin(), total.end(), sum.data<float>());
}

// y = F(a, b); an operation of one input gets it twice.
template <class T, class F, int Inputs>
void elementwise(const Context& context, const Attributes&) {
  const Tensor a = context.input(0), b = context.input(Inputs - 1);
  require(a.shape == b.shape, "the two tensors must have the same shape");
  const Tensor y = context.output<T>(0, a.shape);
  constexpr int64_t block = 4096;
  const int64_t count = a.count();
  parallelFor((count + block - 1) / block, block, [&](int64_t first, int64_t last) {
    const int64_t start = first * block, end = std::min(last * block, count);
    run(Elementwise<T, F>{a.data<T>() + start, b.data<T>() + start, y.data<T>() + start, end - start});
  });
}

// ---------------------------------------------------------------------------------------------------------------------
// What TensorFlow is told of the operations.

class ShapeOf {
 public:
  ShapeOf() : handle(TF_NewShapeHandle()) {}
  ~ShapeOf() { TF_DeleteShapeHandle(handle); }
  ShapeOf(const ShapeOf&) = delete;
  operator TF_ShapeHandle*() const { return handle; }

 private:
  TF_ShapeHandle* const handle;
};

bool ok(TF_Status* status) { return TF_GetCode(status) == TF_OK; }

// Output `output` gets the shape of input `input`.
void sameShape(TF_ShapeInferenceContext* context, int input, int output, TF_Status* status) {
  ShapeOf shape;
  TF_ShapeInferenceContextGetInput(context, input, shape, status);
  if (ok(status)) TF_ShapeInferenceContextSetOutput(context, output, shape, status);
}

void shapeOfFirst(TF_ShapeInferenceContext* context, TF_Status* status) { sameShape(context, 0, 0, status); }

// [samples, groups] for both statistics. The C interface does not tell the number of groups.
void shapesOfGroupNorm(TF_ShapeInferenceContext* context, TF_Status* status) {
  sameShape(context, 0, 0, status);
  ShapeOf x, unknown, samples, groups, both;
  if (ok(status)) TF_ShapeInferenceContextGetInput(context, 0, x, status);
  if (ok(status)) TF_ShapeInferenceContextSubshape(context, x, 0, 1, samples, status);
  if (ok(status)) TF_ShapeInferenceContextWithRank(context, unknown, 1, groups, status);
  if (ok(status)) TF_ShapeInferenceContextConcatenateShapes(context, samples, groups, both, status);
  for (int output = 1; output < 3 && ok(status); output++) {
    TF_ShapeInferenceContextSetOutput(context, output, both, status);
  }
}

void shapesOfGroupNormGradient(TF_ShapeInferenceContext* context, TF_Status* status) {
  for (int i = 0; i < 3 && (i == 0 || ok(status)); i++) sameShape(context, i == 0 ? 1 : i + 1, i, status);
}

void shapeOfChannels(TF_ShapeInferenceContext* context, TF_Status* status) {
  ShapeOf x, channels;
  TF_ShapeInferenceContextGetInput(context, 0, x, status);
  if (!ok(status)) return;
  if (!TF_ShapeInferenceContextRankKnown(context, x)) return TF_ShapeInferenceContextSetUnknownShape(context, status);
  TF_ShapeInferenceContextSubshape(context, x, -1, TF_ShapeInferenceContextRank(context, x), channels, status);
  if (ok(status)) TF_ShapeInferenceContextSetOutput(context, 0, channels, status);
}

// In the terms of TensorFlow's operation definitions; T is each one's type of large tensors.
struct Operation {
  const char* name;
  const char *inputs[6], *outputs[3], *attributes[3];  // those unused are null
  void (*shapes)(TF_ShapeInferenceContext*, TF_Status*);
};

constexpr Operation groupNormOperation = {"CourseGroupNorm",
                                          {"x: T", "scale: float", "offset: float"},
                                          {"y: T", "mean: float", "rstd: float"},
                                          {"groups: int >= 1", "epsilon: float", "silu: bool"},
                                          shapesOfGroupNorm};
constexpr Operation groupNormGradOperation = {
    "CourseGroupNormGrad",
    {"dy: T", "x: T", "scale: float", "offset: float", "mean: float", "rstd: float"},
    {"dx: T", "dscale: float", "doffset: float"},
    {"groups: int >= 1", "silu: bool"},
    shapesOfGroupNormGradient};
constexpr Operation biasGradOperation = {"CourseBiasGrad", {"dy: T"}, {"sum: float"}, {}, shapeOfChannels};
constexpr Operation siluOperation = {"CourseSilu", {"x: T"}, {"y: T"}, {}, shapeOfFirst};
constexpr Operation siluGradOperation = {"CourseSiluGrad", {"dy: T", "x: T"}, {"dx: T"}, {}, shapeOfFirst};
constexpr Operation addOperation = {"CourseAdd", {"a: T", "b: T"}, {"sum: T"}, {}, shapeOfFirst};

void define(const Operation& operation) {
  TF_OpDefinitionBuilder* builder = TF_NewOpDefinitionBuilder(operation.name);
  const auto each = [&](const auto& specs, auto add) {
    for (const char* spec : specs) {
      if (spec != nullptr) add(builder, spec);
    }
  };
  TF_OpDefinitionBuilderAddAttr(builder, "T: {float, bfloat16}");
  each(operation.attributes, TF_OpDefinitionBuilderAddAttr);
  each(operation.inputs, TF_OpDefinitionBuilderAddInput);
  each(operation.outputs, TF_OpDefinitionBuilderAddOutput);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(builder, operation.shapes);
  Status status;
  TF_RegisterOpDefinition(builder, status);
  status.check();
}

bool hasAttribute(const Operation& operation, const std::string& name) {
  const auto& specs = operation.attributes;
  return std::any_of(std::begin(specs), std::end(specs), [&](const char* spec) {
    return spec != nullptr && std::string(spec).compare(0, name.size() + 1, name + ":") == 0;
  });
}

Attributes readAttributes(const Operation& operation, TF_OpKernelConstruction* construction) {
  Attributes read;
  Status status;
  unsigned char silu = 0;
  const auto ask = [&](const char* name, auto get, auto* value) {
    if (!hasAttribute(operation, name)) return;
    get(construction, name, value, status);
    status.check();
  };
  ask("groups", TF_OpKernelConstruction_GetAttrInt32, &read.groups);
  ask("epsilon", TF_OpKernelConstruction_GetAttrFloat, &read.epsilon);
  ask("silu", TF_OpKernelConstruction_GetAttrBool, &silu);
  read.silu = silu != 0;
  return read;
}

// The functions that TensorFlow calls; no exception may leave them.
using Compute = void(const Context&, const Attributes&);
template <const Operation& operation, Compute body>
struct Kernel {
  static void* create(TF_OpKernelConstruction* construction) {
    try {
      return new Attributes(readAttributes(operation, construction));
    } catch (const std::exception& error) {
      Status status;
      TF_OpKernelConstruction_Failure(construction, status.invalid(std::string(operation.name) + ": " + error.what()));
      return nullptr;
    }
  }
  static void compute(void* attributes, TF_OpKernelContext* context) {
    try {
      body(Context(context), *static_cast<const Attributes*>(attributes));
    } catch (const std::exception& error) {
      Status status;
      TF_OpKernelContext_Failure(context, status.invalid(std::string(operation.name) + ": " + error.what()));
    }
  }
  static void remove(void* attributes) { delete static_cast<Attributes*>(attributes); }
};

template <class T, const Operation& operation, Compute body>
void addKernel() {
  using Functions = Kernel<operation, body>;
  Status status;
  TF_KernelBuilder* builder =
      TF_NewKernelBuilder(operation.name, "CPU", Functions::create, Functions::compute, Functions::remove);
  TF_KernelBuilder_TypeConstraint(builder, "T", dataType<T>, status);
  status.check();
  TF_RegisterKernelBuilder(operation.name, builder, status);
  status.check();
}

template <class T>
void addKernels() {
  addKernel<T, groupNormOperation, groupNorm<T>>();
  addKernel<T, groupNormGradOperation, groupNormGradient<T>>();
  addKernel<T, biasGradOperation, biasGradient<T>>();
  addKernel<T, siluOperation, elementwise<T, Silu, 1>>();
  addKernel<T, siluGradOperation, elementwise<T, SiluGradient, 2>>();
  addKernel<T, addOperation, elementwise<T, Sum, 2>>();
}

// TensorFlow and our threads keep pointers into this addon, so it must stay when a worker of Node that loaded it ends.
void stayLoaded() {
  Dl_info self;
  if (dladdr(reinterpret_cast<void*>(&stayLoaded), &self) != 0) dlopen(self.dli_fname, RTLD_NOW | RTLD_NODELETE);
}

void addOperations() {
  stayLoaded();
  for (const Operation& operation : {groupNormOperation, groupNormGradOperation, biasGradOperation, siluOperation,
                                     siluGradOperation, addOperation}) {
    define(operation);
  }
  addKernels<float>();
  addKernels<bfloat16>();
}

}  // namespace

// Node may ask for it several times in one process, once for each environment; TensorFlow knows one set of operations.
NAPI_MODULE_INIT() {
  static std::once_flag once;
  try {
    std::call_once(once, addOperations);
  } catch (const std::exception& error) {
    napi_throw_error(env, nullptr, error.what());
  }
  return exports;
}
