#include "monitor/proc_memory.h"

#include <csignal>
#include <cstring>
#include <functional>
#include <limits>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include <gtest/gtest.h>

namespace batchmill::monitor {
namespace {

constexpr std::uint64_t kMiB = 1 << 20;
constexpr std::uint64_t kNeverExact = std::numeric_limits<std::uint64_t>::max();

// A process that does `work`, says so, and then waits for its end.
class Child {
 public:
  explicit Child(const std::function<void()>& work) {
    int ends[2];
    if (::pipe(ends) != 0) return;
    pid_ = ::fork();
    if (pid_ == 0) {
      ::setsid();
      work();
      (void)!::write(ends[1], "x", 1);
      ::pause();
      ::_exit(0);
    }
    ::close(ends[1]);
    char ready = 0;
    EXPECT_EQ(::read(ends[0], &ready, 1), 1);
    ::close(ends[0]);
  }
  ~Child() {
    ::kill(-pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
};

char* allocate(std::size_t bytes) {
  void* memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  std::memset(memory, 1, bytes);
  return static_cast<char*>(memory);
}

// Starts a child that does `work`, and waits until it has.
void fork_and_wait(const std::function<void()>& work) {
  int ends[2];
  if (::pipe(ends) != 0) ::_exit(1);
  if (::fork() == 0) {
    work();
    (void)!::write(ends[1], "x", 1);
    ::pause();
    ::_exit(0);
  }
  char ready = 0;
  (void)!::read(ends[0], &ready, 1);
}

TEST(ProcMemory, CountsWhatTheProcessHolds) {
  ProcMemory memory;
  const Child idle([] {});
  const Child child([] { allocate(64 * kMiB); });
  const std::uint64_t more =
      memory.of_tree(child.pid(), kNeverExact) - memory.of_tree(idle.pid(), kNeverExact);
  EXPECT_NEAR(static_cast<double>(more), 64.0 * kMiB, 8.0 * kMiB);
}

TEST(ProcMemory, CountsDescendants) {
  ProcMemory memory;
  const Child child([] { fork_and_wait([] { fork_and_wait([] { allocate(64 * kMiB); }); }); });
  EXPECT_GT(memory.of_tree(child.pid(), 0), 60 * kMiB);
}

TEST(ProcMemory, CountsSharedPagesOnceWhenItMatters) {
  ProcMemory memory;
  const Child child([] {
    allocate(64 * kMiB);
    for (int i = 0; i < 3; ++i) fork_and_wait([] {});
  });
  EXPECT_GT(memory.of_tree(child.pid(), kNeverExact), 250 * kMiB);
  EXPECT_LT(memory.of_tree(child.pid(), 200 * kMiB), 100 * kMiB);
}

TEST(ProcMemory, LeavesOutPagesOfFiles) {
  ProcMemory memory;
  const auto map_a_file = [] {
    std::string name = "/tmp/batchmill-memory-XXXXXX";
    const int fd = ::mkstemp(name.data());
    ::unlink(name.c_str());
    const std::vector<char> block(kMiB, 'x');
    for (int i = 0; i < 64; ++i) (void)!::write(fd, block.data(), block.size());
    const auto* mapped =
        static_cast<const volatile char*>(::mmap(nullptr, 64 * kMiB, PROT_READ, MAP_SHARED, fd, 0));
    for (std::size_t i = 0; i < 64 * kMiB; i += 4096) (void)mapped[i];
  };
  const Child idle([] {});
  const Child child(map_a_file);
  EXPECT_LT(memory.of_tree(child.pid(), 0), memory.of_tree(idle.pid(), 0) + 16 * kMiB);
}

TEST(ProcMemory, IsNothingForAProcessThatIsGone) {
  pid_t gone = 0;
  {
    const Child child([] {});
    gone = child.pid();
  }
  EXPECT_EQ(ProcMemory().of_tree(gone, 0), 0u);
}

}  // namespace
}  // namespace batchmill::monitor
