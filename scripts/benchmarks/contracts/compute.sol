// SPDX-License-Identifier: Apache-2.0
// The loops of scripts/benchmarks/compute/src/work.rs, for the EVM. How it is compiled: scripts/benchmarks/solidity.
pragma solidity 0.8.37;

contract Compute {
    function arithmetic(uint32 rounds) external pure returns (uint64 sum) {
        unchecked {
            uint64 state = 1;
            for (uint256 i = 0; i < rounds; i++) {
                state = (state ^ (state >> 32)) * 6364136223846793005 + 1442695040888963407;
                sum ^= state >> 33;
            }
        }
    }

    function wide(uint32 rounds) external pure returns (uint64) {
        unchecked {
            uint256 state = (11 << 192) + (7 << 128) + (5 << 64) + 3;
            for (uint256 i = 0; i < rounds; i++) {
                state = state * state + ((23 << 192) + (19 << 128) + (17 << 64) + 13);
            }
            return uint64(state >> 192);
        }
    }

    function sort(uint32 len) external pure returns (uint64 sum) {
        unchecked {
            uint256[] memory numbers = new uint256[](len);
            uint64 state = 1;
            for (uint256 i = 0; i < len; i++) {
                state = (state ^ (state >> 32)) * 6364136223846793005 + 1442695040888963407;
                numbers[i] = state >> 32;
            }
            for (uint256 root = uint256(len) / 2; root > 0; root--) {
                sink(numbers, root - 1, len);
            }
            for (uint256 end = uint256(len) - 1; end > 0; end--) {
                (numbers[0], numbers[end]) = (numbers[end], numbers[0]);
                sink(numbers, 0, end);
            }
            for (uint256 i = 0; i < len; i++) {
                sum ^= uint64(numbers[i] + i);
            }
        }
    }

    function sink(uint256[] memory heap, uint256 root, uint256 len) private pure {
        unchecked {
            while (true) {
                uint256 child = 2 * root + 1;
                if (child >= len) return;
                if (child + 1 < len && heap[child + 1] > heap[child]) child++;
                if (heap[root] >= heap[child]) return;
                (heap[root], heap[child]) = (heap[child], heap[root]);
                root = child;
            }
        }
    }

    function keccak(uint32 rounds) external pure returns (uint64) {
        unchecked {
            bytes32 hash = 0;
            for (uint256 i = 0; i < rounds; i++) {
                assembly {
                    mstore(0, hash)
                    hash := keccak256(0, 32)
                }
            }
            return uint64(uint256(hash) >> 192);
        }
    }
}
